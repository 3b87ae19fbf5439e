using FsCheck;
using FsCheck.Fluent;
using Microsoft.Azure.Functions.Worker.Timers;

namespace LocalPackages.Tests.Worker;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData("*/5 * * * * *", "2026-01-01 00:00:03", "2026-01-01 00:00:05")]
    [InlineData("0 */15 * * * *", "2026-01-01 00:45:00", "2026-01-01 01:00:00")]
    [InlineData("0 30 9-17/4 * * MON-FRI", "2026-01-02 13:30:00", "2026-01-02 17:30:00")]
    [InlineData("0 30 9-17/4 * * mon-fri", "2026-01-02 17:30:00", "2026-01-05 09:30:00")]
    [InlineData("0 0 0 29 2 *", "2026-01-01 00:00:00", "2028-02-29 00:00:00")]
    [InlineData("0 0 0 31 * *", "2026-01-31 00:00:00", "2026-03-31 00:00:00")]
    [InlineData("0 0 12 13 * Friday", "2026-01-01 00:00:00", "2026-02-13 12:00:00")]
    [InlineData("0 0 0 1 JAN,July *", "2026-01-01 00:00:00", "2026-07-01 00:00:00")]
    [InlineData("10,20,30 59 23 31 12 *", "2026-12-31 23:59:20", "2026-12-31 23:59:30")]
    [InlineData("59 59 23 31 12 *", "2026-12-31 23:59:59", "2027-12-31 23:59:59")]
    [InlineData("*/10 8 * * *", "2026-01-01 08:50:00", "2026-01-02 08:00:00")]
    [InlineData("5/20 * * * * *", "2026-01-01 00:00:26", "2026-01-01 00:00:45")]
    public void A_schedule_is_due_next_at(string schedule, string after, string due) => Assert.Equal(Utc(due), Parse(schedule).Next(Utc(after)));

    [Theory]
    [InlineData("* * * *")]
    [InlineData("* * * * * * *")]
    [InlineData("60 * * * * *")]
    [InlineData("* * 24 * * *")]
    [InlineData("* * * 0 * *")]
    [InlineData("* * * * 13 *")]
    [InlineData("* * * * * 7")]
    [InlineData("*/0 * * * * *")]
    [InlineData("5-1 * * * * *")]
    [InlineData("1- * * * * *")]
    [InlineData("a * * * * *")]
    [InlineData("-1 * * * * *")]
    [InlineData("00:00:00")]
    [InlineData("1:x")]
    public void What_is_no_schedule_is_refused(string schedule) => Assert.Throws<FormatException>(() => Parse(schedule));

    [Fact]
    public void A_date_that_never_comes_is_never_due() => Assert.Null(Parse("0 0 0 30 2 *").Next(Utc("2026-01-01 00:00:00")));

    [Fact]
    public void A_time_span_counts_from_the_last_time() => Assert.Equal(Utc("2026-01-01 01:30:00"), Parse("01:30:00").Next(Utc("2026-01-01 00:00:00")));

    [Theory]
    [InlineData("0 * * * * *", false)]
    [InlineData("*/30 * * * * *", true)]
    [InlineData("0,59 0 0 * * *", true)]
    [InlineData("00:00:59", true)]
    [InlineData("00:01:00", false)]
    public void Schedules_below_a_minute_are_frequent(string schedule, bool frequent) =>
        Assert.Equal(frequent, Parse(schedule).IsFrequent(Utc("2026-01-01 00:00:00")));

    [Theory]
    [InlineData("0 30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z")] // skipped: an hour later by the clock
    [InlineData("0 30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z")] // shown twice: once
    [InlineData("0 */30 * * * *", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z")] // goes on through both
    [InlineData("0 0 * * * *", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z")]
    public void Clock_changes_neither_lose_nor_double_a_run(string schedule, string after, string first, string second)
    {
        var zoned = TimerSchedule.Parse(schedule, CentralEurope());

        Assert.Equal(DateTimeOffset.Parse(first), zoned.Next(DateTimeOffset.Parse(after)));
        Assert.Equal(DateTimeOffset.Parse(second), zoned.Next(DateTimeOffset.Parse(first)));
    }

    [Fact]
    public void The_next_time_is_the_first_that_fits()
    {
        var field = Gen.Choose(0, 59);
        var moments = from day in Gen.Choose(0, 3000) from second in Gen.Choose(0, 86399) select Utc("2024-01-01 00:00:00").AddDays(day).AddSeconds(second);
        var cases = from s in field from m in field from h in Gen.Choose(0, 23) from step in Gen.Choose(1, 59) from moment in moments select (s, m, h, step, moment);

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var due = Parse($"{c.s} {c.m}/{c.step} {c.h} * * *").Next(c.moment)!.Value;
            var expected = c.moment.AddSeconds(1);
            while (expected.Second != c.s || expected.Minute < c.m || (expected.Minute - c.m) % c.step != 0 || expected.Hour != c.h)
            {
                expected = expected.Second != c.s ? expected.AddSeconds(1) : expected.AddMinutes(1);
            }

            return due == expected;
        }).QuickCheckThrowOnFailure();
    }

    private static TimerSchedule Parse(string text) => TimerSchedule.Parse(text, TimeZoneInfo.Utc);

    private static DateTimeOffset Utc(string text) => new(DateTime.Parse(text), TimeSpan.Zero);

    /// <summary>Made here: a machine need not have the data of time zones.</summary>
    private static TimeZoneInfo CentralEurope()
    {
        static TimeZoneInfo.TransitionTime Last(int month, int hour) =>
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, hour, 0, 0), month, 5, DayOfWeek.Sunday);
        var summer = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1), Last(3, 2), Last(10, 3));
        return TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(1), "test", "test", "test", [summer]);
    }
}
