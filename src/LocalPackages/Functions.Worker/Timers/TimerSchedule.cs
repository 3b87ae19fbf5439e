using System.Globalization;

namespace Microsoft.Azure.Functions.Worker.Timers;

/// <summary>When a timer is due: by NCRONTAB in a time zone, or every so often.</summary>
internal sealed class TimerSchedule
{
    private readonly CronExpression? cron;
    private readonly TimeSpan interval;
    private readonly TimeZoneInfo zone;

    private TimerSchedule(CronExpression? cron, TimeSpan interval, TimeZoneInfo zone)
    {
        this.cron = cron;
        this.interval = interval;
        this.zone = zone;
    }

    /// <exception cref="FormatException">with what is wrong</exception>
    public static TimerSchedule Parse(string text, TimeZoneInfo zone)
    {
        if (!text.Contains(':', StringComparison.Ordinal))
        {
            return new(CronExpression.Parse(text), TimeSpan.Zero, zone);
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval) && interval > TimeSpan.Zero
            ? new(null, interval, zone)
            : throw new FormatException("it is neither an NCRONTAB expression nor a time span");
    }

    /// <returns>The first occurrence after a moment; null for a date that does not exist.</returns>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        if (cron is null)
        {
            return after + interval;
        }

        return cron.EveryHour ? NextOfEveryHour(cron, after) : NextByWallClock(cron, after);
    }

    /// <summary>Whether it comes around in less than a minute: such timers have no schedule status.</summary>
    public bool IsFrequent(DateTimeOffset now)
    {
        var before = now;
        for (var i = 0; i < 5 && Next(before) is { } next; i++)
        {
            if (i > 0 && next - before < TimeSpan.FromMinutes(1))
            {
                return true;
            }

            before = next;
        }

        return interval > TimeSpan.Zero && interval < TimeSpan.FromMinutes(1);
    }

    /// <summary>A time that the clocks skip runs later by the skip, one that they show twice runs the second time.</summary>
    private DateTimeOffset? NextByWallClock(CronExpression expression, DateTimeOffset after)
    {
        var wall = TimeZoneInfo.ConvertTime(after, zone).DateTime;
        while (expression.Next(wall) is { } next)
        {
            var moment = new DateTimeOffset(next, zone.GetUtcOffset(next));
            if (moment > after)
            {
                return moment;
            }

            wall = next;
        }

        return null;
    }

    /// <summary>Goes on through both showings of a repeated hour.</summary>
    private DateTimeOffset? NextOfEveryHour(CronExpression expression, DateTimeOffset after)
    {
        var from = TimeZoneInfo.ConvertTime(after, zone);
        while (expression.Next(from.DateTime) is { } next)
        {
            var moment = TimeZoneInfo.ConvertTime(new DateTimeOffset(next, from.Offset), zone);
            if (moment.Offset == from.Offset || expression.Next(moment.DateTime.AddSeconds(-1)) == moment.DateTime)
            {
                return moment;
            }

            from = moment;
        }

        return null;
    }
}
