using Relais.Campaigns.Run;

namespace Functions.Tests.Campaigns;

public sealed class CampaignDecisionTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private static readonly CampaignProgress Running = new(
        "running", ScheduledAt: null, Frozen: true, Pending: 0, NextDueAt: null, InProgress: false, AwaitingOutcome: false,
        RatePerSecond: 10);

    [Theory]
    [InlineData("starting", 0, false, false, false, "Freeze")]
    [InlineData("starting", 500, false, false, true, "Freeze")]
    [InlineData("running", 500, false, false, true, "Wake")]
    [InlineData("running", 500, false, false, false, "Wait")]
    [InlineData("running", 0, true, false, false, "Wait")]
    [InlineData("running", 0, false, true, false, "Wait")]
    [InlineData("running", 0, false, false, false, "Close")]
    [InlineData("running", 0, false, false, true, "Close")]
    [InlineData("paused", 500, true, true, true, "Wait")]
    [InlineData("paused", 0, false, false, false, "Wait")]
    [InlineData("cancelling", 500, true, true, true, "Cancel")]
    [InlineData("cancelling", 0, true, false, false, "Wait")]
    [InlineData("cancelling", 0, false, true, false, "Wait")]
    [InlineData("cancelling", 0, false, false, false, "Close")]
    [InlineData("cancelled", 0, false, false, false, "Close")]
    [InlineData("finished", 0, false, false, false, "Close")]
    public void The_next_step_follows_from_status_and_progress(
        string status, int pending, bool inProgress, bool awaiting, bool wake, string expected)
    {
        var progress = Running with { Status = status, Pending = pending, InProgress = inProgress, AwaitingOutcome = awaiting };

        Assert.Equal(expected, CampaignDecision.Next(progress, wake, unchangedPolls: 0, Now).Kind.ToString());
    }

    [Theory]
    [InlineData(1, 10, 2)]
    [InlineData(40, 10, 2)]
    [InlineData(400, 10, 10)]
    [InlineData(50_000, 10, 60)]
    [InlineData(10, 0.33, 7)]
    [InlineData(10, 0, 60)]
    public void Polling_is_rare_early_and_frequent_near_the_end(int pending, double rate, int seconds)
    {
        var step = CampaignDecision.Next(
            Running with { Pending = pending, RatePerSecond = rate }, shouldWakeSender: false, unchangedPolls: 0, Now);

        Assert.Equal(seconds, (int)step.Delay.TotalSeconds);
    }

    [Theory]
    [InlineData(-5, 2)]
    [InlineData(1, 2)]
    [InlineData(45, 45)]
    [InlineData(240, 60)]
    public void The_wait_ends_when_the_next_message_is_due(double dueInSeconds, int seconds)
    {
        var step = CampaignDecision.Next(
            Running with { Pending = 1, NextDueAt = Now.AddSeconds(dueInSeconds) }, shouldWakeSender: false, unchangedPolls: 0, Now);

        Assert.Equal(new CampaignStep(CampaignStepKind.Wait, TimeSpan.FromSeconds(seconds)), step);
    }

    [Theory]
    [InlineData(1, 0, 2)]
    [InlineData(1, 1, 4)]
    [InlineData(1, 4, 32)]
    [InlineData(1, 5, 60)]
    [InlineData(400, 0, 10)]
    [InlineData(400, 2, 40)]
    [InlineData(400, 3, 60)]
    [InlineData(1_000_000, 1_000_000, 60)]
    public void FieldTrial_F03_Each_poll_without_progress_doubles_the_wait(int pending, int unchangedPolls, int seconds)
    {
        var step = CampaignDecision.Next(
            Running with { Pending = pending, NextDueAt = Now.AddHours(-1) }, shouldWakeSender: false, unchangedPolls, Now);

        Assert.Equal(new CampaignStep(CampaignStepKind.Wait, TimeSpan.FromSeconds(seconds)), step);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 6)]
    [InlineData(2, 12)]
    [InlineData(3, 15)]
    [InlineData(1_000_000, 15)]
    public void FieldTrial_F03_The_end_is_noticed_within_fifteen_seconds(int unchangedPolls, int seconds)
    {
        var step = CampaignDecision.Next(Running with { AwaitingOutcome = true }, shouldWakeSender: false, unchangedPolls, Now);

        Assert.Equal(new CampaignStep(CampaignStepKind.Wait, TimeSpan.FromSeconds(seconds)), step);
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(0.2, 2)]
    [InlineData(86_400, 43_200)]
    public void A_scheduled_campaign_waits_for_its_time(double seconds, double delay)
    {
        var progress = Running with { Status = "starting", Frozen = false, ScheduledAt = Now.AddSeconds(seconds) };

        Assert.Equal(
            new CampaignStep(CampaignStepKind.Wait, TimeSpan.FromSeconds(delay)),
            CampaignDecision.Next(progress, shouldWakeSender: false, unchangedPolls: 0, Now));
        Assert.Equal(
            CampaignStepKind.Freeze,
            CampaignDecision.Next(progress, shouldWakeSender: false, unchangedPolls: 0, Now.AddSeconds(seconds)).Kind);
    }

    [Fact]
    public void A_wait_is_never_shorter_than_two_seconds()
    {
        foreach (var status in new[] { "starting", "running", "paused", "cancelling" })
        {
            foreach (var pending in new[] { 0, 1, 1_000_000 })
            {
                var step = CampaignDecision.Next(
                    Running with { Status = status, Pending = pending, InProgress = true, ScheduledAt = Now.AddTicks(1) }, false, 0, Now);
                Assert.True(step.Kind != CampaignStepKind.Wait || step.Delay >= TimeSpan.FromSeconds(2), $"{status} {pending}: {step}");
            }
        }
    }
}
