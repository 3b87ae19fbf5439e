using System.Globalization;

namespace Relais.Telephony.Usage;

/// <summary>A month by its first day; it begins and ends at midnight GMT.</summary>
internal static class Month
{
    private const string Form = "yyyy-MM";

    public static DateOnly Of(DateTimeOffset time) => new(time.UtcDateTime.Year, time.UtcDateTime.Month, 1);

    public static string Text(DateOnly month) => month.ToString(Form, CultureInfo.InvariantCulture);

    /// <returns>Null: it is none.</returns>
    public static DateOnly? Parse(string text) =>
        DateOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) ? month : null;
}
