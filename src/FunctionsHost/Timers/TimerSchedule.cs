namespace FunctionsHost;

/// <summary>When a timer is due: an NCRONTAB expression of five or six fields in the time zone of the app, or an interval.</summary>
internal sealed class TimerSchedule(Func<DateTime, DateTime> next, TimeZoneInfo zone)
{
    public static TimerSchedule Parse(string text, TimeZoneInfo zone, string function)
    {
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval) && interval > TimeSpan.Zero)
        {
            return new(from => from + interval, zone);
        }

        var seconds = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6;
        var cron = CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = seconds })
            ?? throw new StartException(
                $"The schedule \"{text}\" of the timer {function} is neither an NCRONTAB expression nor hh:mm:ss: correct it.");
        return new(cron.GetNextOccurrence, zone);
    }

    public DateTime Local(DateTimeOffset now) => TimeZoneInfo.ConvertTime(now, zone).DateTime;

    public DateTime Next(DateTime local) => next(local);

    /// <summary>A local time that the change to summer time skips becomes one an hour later; of two equal ones it is the second.</summary>
    public DateTimeOffset Instant(DateTime local) => new(local, zone.GetUtcOffset(local));
}
