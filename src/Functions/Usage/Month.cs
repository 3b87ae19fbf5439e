using System.Globalization;

namespace Relais.Usage;

/// <summary>A month by its first day; it begins and ends at midnight GMT.</summary>
internal static class Month
{
    private const string Format = "yyyy-MM";

    public static DateOnly FirstDayOf(DateTimeOffset time) => new(time.UtcDateTime.Year, time.UtcDateTime.Month, 1);

    public static string Text(DateOnly month) => month.ToString(Format, CultureInfo.InvariantCulture);

    /// <returns>Null: it is none.</returns>
    public static DateOnly? Parse(string text) =>
        DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) ? month : null;
}
