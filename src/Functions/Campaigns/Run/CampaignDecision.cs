namespace Relais.Campaigns.Run;

/// <summary>Where a campaign stands.</summary>
/// <param name="Pending">Messages that nobody has in hand (up to a bound).</param>
/// <param name="NextDueAt">The earliest time for which one of them waits.</param>
/// <param name="InProgress">A message is claimed, or its outcome is unknown.</param>
/// <param name="AwaitingOutcome">A message is with the provider, and not for too long.</param>
/// <param name="RatePerSecond">What the sender may send.</param>
internal sealed record CampaignProgress(
    string Status, DateTimeOffset? ScheduledAt, bool Frozen, int Pending, DateTimeOffset? NextDueAt, bool InProgress, bool AwaitingOutcome, double RatePerSecond);

internal enum CampaignStepKind
{
    Freeze,
    Wake,
    Cancel,
    Wait,
    Close,
}

internal readonly record struct CampaignStep(CampaignStepKind Kind, TimeSpan Delay = default);

/// <summary>What a campaign needs next.</summary>
internal static class CampaignDecision
{
    // a timer of the published engine may be due a second early, and at once when it is asked for one second
    private static readonly TimeSpan MinWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan OutcomePollInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MaxOutcomePollInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    // more would overflow, and no wait is as long
    private const int MaxDoublings = 16;
    private static readonly TimeSpan MaxScheduledWait = TimeSpan.FromHours(12);

    /// <param name="progress">Where the campaign stands.</param>
    /// <param name="shouldWakeSender">The sender has not been told of the work yet.</param>
    /// <param name="unchangedPolls">How many looks in a row have found just this progress before.</param>
    /// <param name="now">The time of the decision.</param>
    public static CampaignStep Next(CampaignProgress progress, bool shouldWakeSender, int unchangedPolls, DateTimeOffset now) => progress.Status switch
    {
        CampaignStatus.Starting when progress.ScheduledAt > now => Wait(progress.ScheduledAt.Value - now, MaxScheduledWait),
        CampaignStatus.Starting => new CampaignStep(CampaignStepKind.Freeze),
        CampaignStatus.Paused => Wait(MaxWait, MaxWait),
        CampaignStatus.Running when shouldWakeSender && progress.Pending > 0 => new CampaignStep(CampaignStepKind.Wake),
        CampaignStatus.Running => WaitOrClose(progress, unchangedPolls, now),
        CampaignStatus.Cancelling when progress.Pending > 0 => new CampaignStep(CampaignStepKind.Cancel),
        CampaignStatus.Cancelling => WaitOrClose(progress, unchangedPolls, now),
        _ => new CampaignStep(CampaignStepKind.Close),
    };

    // Each look that finds nothing new doubles the wait: outside its hours, on a parked sender or on a day that is full, a campaign stands still for
    // hours, and nothing may run for it more than once a minute.
    private static CampaignStep WaitOrClose(CampaignProgress progress, int unchangedPolls, DateTimeOffset now)
    {
        var longer = 1L << Math.Min(unchangedPolls, MaxDoublings);
        if (progress.Pending > 0)
        {
            // a quarter of what is left: few looks while there is much to do, many near the end; none while all of it waits for its time
            var quarter = TimeSpan.FromSeconds(Math.Clamp(
                progress.Pending / Math.Max(progress.RatePerSecond, 0.001) / 4, MinWait.TotalSeconds, MaxWait.TotalSeconds));
            var backedOff = quarter * longer;
            return Wait(progress.NextDueAt - now is { } early && early > backedOff ? early : backedOff, MaxWait);
        }

        return progress.InProgress || progress.AwaitingOutcome ? Wait(OutcomePollInterval * longer, MaxOutcomePollInterval) : new CampaignStep(CampaignStepKind.Close);
    }

    private static CampaignStep Wait(TimeSpan wanted, TimeSpan most) =>
        new(CampaignStepKind.Wait, wanted < MinWait ? MinWait : wanted > most ? most : wanted);
}
