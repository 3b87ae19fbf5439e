using System.Globalization;

namespace Relais.Simulators;

/// <summary>Computes the periods of a list of usage records.</summary>
internal static class UsagePeriods
{
    /// <summary>Returns the periods, newest first; null when Twilio has no such list.</summary>
    /// <param name="list">Daily, Monthly …; null: one period from the first to the last day</param>
    /// <param name="from">first day requested, otherwise the first day with usage</param>
    /// <param name="to">last day requested, otherwise today</param>
    public static IReadOnlyList<(DateOnly From, DateOnly To)>? Of(string? list, DateOnly today, DateOnly from, DateOnly to)
    {
        var month = new DateOnly(today.Year, today.Month, 1);
        return list switch
        {
            null or "AllTime" => [(from, to)],
            "Today" => [(today, today)],
            "Yesterday" => [(today.AddDays(-1), today.AddDays(-1))],
            "ThisMonth" => [(month, today)],
            "LastMonth" => [(month.AddMonths(-1), month.AddDays(-1))],
            "Daily" => Split(from, to, day => day, day => day.AddDays(1)),
            "Monthly" => Split(from, to, day => new DateOnly(day.Year, day.Month, 1), day => day.AddMonths(1)),
            "Yearly" => Split(from, to, day => new DateOnly(day.Year, 1, 1), day => day.AddYears(1)),
            _ => null,
        };
    }

    /// <summary>Reads a date ("2026-09-01") or a number of days relative to today ("-30days"); null when the text is neither.</summary>
    public static DateOnly? ParseDay(string text, DateOnly today) =>
        text.EndsWith("days", StringComparison.Ordinal) && int.TryParse(text[..^4], CultureInfo.InvariantCulture, out var days)
            ? today.AddDays(days)
            : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? day
                : null;

    private static List<(DateOnly From, DateOnly To)> Split(
        DateOnly from, DateOnly to, Func<DateOnly, DateOnly> startOfPeriod, Func<DateOnly, DateOnly> nextPeriod)
    {
        var periods = new List<(DateOnly From, DateOnly To)>();
        for (var start = startOfPeriod(from); start <= to; start = nextPeriod(start))
        {
            var end = nextPeriod(start).AddDays(-1);
            periods.Insert(0, (start < from ? from : start, end > to ? to : end));
        }

        return periods;
    }
}
