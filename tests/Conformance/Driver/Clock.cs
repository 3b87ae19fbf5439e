using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Relais.Conformance;

internal readonly record struct Deadline(long At)
{
    internal bool Passed => Stopwatch.GetTimestamp() > At;
}

internal static partial class Clock
{
    internal static Task Seconds(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds));

    internal static Deadline In(double seconds) => new(Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency));

    internal static Deadline Earlier(Deadline a, Deadline b) => a.At < b.At ? a : b;

    internal static double Since(long start) => Stopwatch.GetElapsedTime(start).TotalSeconds;

    internal static DateTimeOffset Now => DateTimeOffset.UtcNow;

    internal static string Stamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    /// <summary>Parses a time as .NET writes it. A time without an offset is UTC.</summary>
    internal static DateTimeOffset Time(object? written)
    {
        var text = (string)written!;
        return Form().IsMatch(text)
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : throw new FormatException("not a time: " + text);
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$")]
    private static partial Regex Form();
}
