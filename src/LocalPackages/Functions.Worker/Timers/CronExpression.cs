namespace Microsoft.Azure.Functions.Worker.Timers;

/// <summary>NCRONTAB: {second} {minute} {hour} {day} {month} {day of week}, the second may be left out; day and day of week must both fit.</summary>
internal sealed class CronExpression
{
    private const int YearsToLook = 40;
    private readonly CronField seconds;
    private readonly CronField minutes;
    private readonly CronField hours;
    private readonly CronField days;
    private readonly CronField months;
    private readonly CronField weekdays;

    private CronExpression(string[] fields)
    {
        seconds = CronField.Second(fields[0]);
        minutes = CronField.Minute(fields[1]);
        hours = CronField.Hour(fields[2]);
        days = CronField.Day(fields[3]);
        months = CronField.Month(fields[4]);
        weekdays = CronField.Weekday(fields[5]);
    }

    public bool EveryHour => hours == CronField.Hour("*");

    /// <exception cref="FormatException">with what is wrong</exception>
    public static CronExpression Parse(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length switch
        {
            5 => new(["0", .. fields]),
            6 => new(fields),
            _ => throw new FormatException($"it has {fields.Length} fields, not 5 or 6"),
        };
    }

    /// <returns>The first occurrence after a wall-clock time; null when there is none in the next decades.</returns>
    public DateTime? Next(DateTime after)
    {
        var from = new DateTime(after.Ticks - (after.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Unspecified).AddSeconds(1);
        var time = TimeFrom(from.Hour, from.Minute, from.Second);
        if (time is { } today && IsDay(from.Date))
        {
            return from.Date + today;
        }

        for (var day = from.Date.AddDays(1); day.Year <= after.Year + YearsToLook; day = day.AddDays(1))
        {
            if (!months.Has(day.Month))
            {
                day = new DateTime(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month));
                continue;
            }

            if (IsDay(day))
            {
                return day + TimeFrom(0, 0, 0);
            }
        }

        return null;
    }

    private bool IsDay(DateTime day) => months.Has(day.Month) && days.Has(day.Day) && weekdays.Has((int)day.DayOfWeek);

    private TimeSpan? TimeFrom(int hour, int minute, int second)
    {
        if (hours.Has(hour))
        {
            if (minutes.Has(minute) && seconds.From(second) is >= 0 and var inMinute)
            {
                return new TimeSpan(hour, minute, inMinute);
            }

            if (minutes.From(minute + 1) is >= 0 and var inHour)
            {
                return new TimeSpan(hour, inHour, seconds.From(0));
            }
        }

        var next = hours.From(hour + 1);
        return next < 0 ? null : new TimeSpan(next, minutes.From(0), seconds.From(0));
    }
}
