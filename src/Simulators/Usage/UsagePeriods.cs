using System.Globalization;

namespace Relais.Simulators;

/// <summary>The periods that a list of usage records is cut into.</summary>
internal static class UsagePeriods
{
    /// <summary>Newest first; null for a list that does not exist.</summary>
    /// <param name="list">Daily, Monthly …; null for the records of the whole time asked for</param>
    /// <param name="from">the first day asked for, or with usage</param>
    /// <param name="to">the last day asked for, or today</param>
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
            "Daily" => Cut(from, to, day => day, day => day.AddDays(1)),
            "Monthly" => Cut(from, to, day => new DateOnly(day.Year, day.Month, 1), day => day.AddMonths(1)),
            "Yearly" => Cut(from, to, day => new DateOnly(day.Year, 1, 1), day => day.AddYears(1)),
            _ => null,
        };
    }

    /// <summary>2026-09-01, or -30days before today.</summary>
    public static DateOnly? Day(string text, DateOnly today) =>
        text.EndsWith("days", StringComparison.Ordinal) && int.TryParse(text[..^4], CultureInfo.InvariantCulture, out var days) ? today.AddDays(days)
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : null;

    private static List<(DateOnly From, DateOnly To)> Cut(DateOnly from, DateOnly to, Func<DateOnly, DateOnly> start, Func<DateOnly, DateOnly> next)
    {
        var periods = new List<(DateOnly From, DateOnly To)>();
        for (var at = start(from); at <= to; at = next(at))
        {
            var end = next(at).AddDays(-1);
            periods.Insert(0, (at < from ? from : at, end > to ? to : end));
        }

        return periods;
    }
}
