using System.Globalization;

namespace Microsoft.Azure.Functions.Worker.Timers;

/// <summary>One field of an NCRONTAB expression as a set of bits.</summary>
internal readonly record struct CronField(ulong Bits)
{
    private static readonly string[] Months = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12];
    private static readonly string[] Days = CultureInfo.InvariantCulture.DateTimeFormat.DayNames;

    public static CronField Second(string text) => Parse(text, 0, 59, []);

    public static CronField Minute(string text) => Parse(text, 0, 59, []);

    public static CronField Hour(string text) => Parse(text, 0, 23, []);

    public static CronField Day(string text) => Parse(text, 1, 31, []);

    public static CronField Month(string text) => Parse(text, 1, 12, Months);

    public static CronField Weekday(string text) => Parse(text, 0, 6, Days);

    public bool Has(int value) => (Bits & (1UL << value)) != 0;

    /// <returns>The first member from a value on; -1 when there is none.</returns>
    public int From(int value)
    {
        var rest = value > 63 ? 0 : Bits >> value << value;
        return rest == 0 ? -1 : System.Numerics.BitOperations.TrailingZeroCount(rest);
    }

    private static CronField Parse(string text, int least, int most, string[] names)
    {
        var bits = 0UL;
        foreach (var part in text.Split(','))
        {
            bits |= Part(part, least, most, names);
        }

        return new(bits);
    }

    /// <summary>"*", "a", "a-b", each with "/step"; "a/step" runs to the end of the field.</summary>
    private static ulong Part(string part, int least, int most, string[] names)
    {
        var (range, step) = part.Split('/') switch
        {
            [var all] => (all, 0),
            [var all, var every] when int.TryParse(every, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 => (all, n),
            _ => throw new FormatException($"\"{part}\" is not a field of a schedule"),
        };
        var (from, to) = range.Split('-') switch
        {
            ["*"] => (least, most),
            [var one] => (Value(one, least, most, names), step > 0 ? most : Value(one, least, most, names)),
            [var first, var last] => (Value(first, least, most, names), Value(last, least, most, names)),
            _ => throw new FormatException($"\"{range}\" is not a range"),
        };
        if (from > to)
        {
            throw new FormatException($"the range \"{range}\" runs backwards");
        }

        var bits = 0UL;
        for (var value = from; value <= to; value += Math.Max(step, 1))
        {
            bits |= 1UL << value;
        }

        return bits;
    }

    private static int Value(string text, int least, int most, string[] names)
    {
        var named = text.Length >= 3 ? Array.FindIndex(names, n => n.StartsWith(text, StringComparison.OrdinalIgnoreCase)) : -1;
        if (named >= 0)
        {
            return named + least;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new FormatException($"\"{text}\" is not a value from {least} to {most}");
    }
}
