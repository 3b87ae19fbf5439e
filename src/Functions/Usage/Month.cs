using System.Globalization;

namespace Relais.Usage;

/// <summary>Represents a month by its first day. It begins and ends at midnight UTC.</summary>
internal static class Month
{
    private const string Pattern = "yyyy-MM";

    public static DateOnly FirstDayOf(DateTimeOffset time) => new(time.UtcDateTime.Year, time.UtcDateTime.Month, 1);

    /// <returns>Such as 2026-11.</returns>
    public static string Format(DateOnly month) => month.ToString(Pattern, CultureInfo.InvariantCulture);

    /// <returns>The first day; null when the text is not a month such as 2026-11.</returns>
    public static DateOnly? Parse(string text) =>
        DateOnly.TryParseExact(text, Pattern, CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) ? month : null;
}
