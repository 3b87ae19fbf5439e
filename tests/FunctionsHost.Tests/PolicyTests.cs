namespace FunctionsHost.Tests;

/// <summary>Decisions that need no process: restarts of the worker and the times of a timer.</summary>
public sealed class PolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_worker_is_restarted_a_few_times_within_the_window()
    {
        var policy = new RestartPolicy([TimeSpan.Zero, TimeSpan.FromSeconds(1)], TimeSpan.FromMinutes(5));

        Assert.Equal(TimeSpan.Zero, policy.PauseAfterEnd(Start));
        Assert.Equal(TimeSpan.FromSeconds(1), policy.PauseAfterEnd(Start.AddMinutes(1)));
        Assert.Null(policy.PauseAfterEnd(Start.AddMinutes(4)));
    }

    [Fact]
    public void An_end_before_the_window_is_forgotten()
    {
        var policy = new RestartPolicy([TimeSpan.Zero, TimeSpan.FromSeconds(1)], TimeSpan.FromMinutes(5));
        policy.PauseAfterEnd(Start);
        policy.PauseAfterEnd(Start.AddMinutes(4));

        Assert.Equal(TimeSpan.FromSeconds(1), policy.PauseAfterEnd(Start.AddMinutes(5)));
    }

    [Theory]
    [InlineData("*/10 * * * * *", "2026-03-01T12:00:05", "2026-03-01T12:00:10")]
    [InlineData("0 30 5 * * *", "2026-03-01T12:00:00", "2026-03-02T05:30:00")]
    [InlineData("*/5 * * * *", "2026-03-01T12:01:00", "2026-03-01T12:05:00")]
    [InlineData("00:00:03", "2026-03-01T12:00:01", "2026-03-01T12:00:04")]
    public void A_schedule_gives_the_next_time(string text, string from, string next) =>
        Assert.Equal(At(next), TimerSchedule.Parse(text, TimeZoneInfo.Utc, "Tick").Next(At(from)));

    [Theory]
    [InlineData("")]
    [InlineData("often")]
    [InlineData("99 * * * * *")]
    [InlineData("-00:00:03")]
    public void A_schedule_that_cannot_be_read_is_refused(string text) =>
        Assert.Contains(
            $"\"{text}\" of the timer Tick",
            Assert.Throws<StartException>(() => TimerSchedule.Parse(text, TimeZoneInfo.Utc, "Tick")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("2026-07-01T05:30:00", "2026-07-01T03:30:00Z")]
    [InlineData("2026-12-01T05:30:00", "2026-12-01T04:30:00Z")]
    // skipped by the change to summer time: an hour later on the clock
    [InlineData("2026-03-29T02:30:00", "2026-03-29T01:30:00Z")]
    public void A_local_time_has_one_instant(string local, string instant)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

        Assert.Equal(
            DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture),
            TimerSchedule.Parse("0 30 5 * * *", zone, "Tick").Instant(At(local)));
    }

    private static DateTime At(string text) => DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
