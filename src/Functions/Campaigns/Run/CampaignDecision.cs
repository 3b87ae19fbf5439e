namespace Relais.Campaigns.Run;

/// <summary>The progress of a campaign, from which its next step follows.</summary>
/// <param name="ScheduledAt">The time before which it does not start; null when it starts without delay.</param>
/// <param name="Frozen">All its recipients are stored.</param>
/// <param name="Pending">The number of messages that are pending or wait for a retry, counted up to a limit.</param>
/// <param name="NextDueAt">The earliest time at which one of the counted messages is due; null when there are none.</param>
/// <param name="InProgress">A message is claimed, or its outcome is unknown.</param>
/// <param name="AwaitingOutcome">
/// A message is still to be sent or resolved, without a time limit; or it was sent, lacks its final status, and its timeout has not passed.
/// </param>
/// <param name="RatePerSecond">The number of units that the sender may send per second.</param>
internal sealed record CampaignProgress(
    string Status,
    DateTimeOffset? ScheduledAt,
    bool Frozen,
    int Pending,
    DateTimeOffset? NextDueAt,
    bool InProgress,
    bool AwaitingOutcome,
    double RatePerSecond);

internal enum CampaignStepKind
{
    Freeze,
    Wake,
    Cancel,
    Wait,
    Close,
}

internal readonly record struct CampaignStep(CampaignStepKind Kind, TimeSpan Delay = default);

/// <summary>Decides the next step of a campaign. Pure.</summary>
internal static class CampaignDecision
{
    // A Durable Task timer may fire up to a second early, and a timer of one second may fire immediately.
    private static readonly TimeSpan MinWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan OutcomePollInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MaxOutcomePollInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    // More doublings would overflow, and no wait is that long.
    private const int MaxDoublings = 16;
    private static readonly TimeSpan MaxScheduledWait = TimeSpan.FromHours(12);

    /// <param name="progress">The progress as it was read just before.</param>
    /// <param name="shouldWakeSender">The sender has not been woken for the pending messages yet.</param>
    /// <param name="unchangedPolls">The number of consecutive polls before this one that found the same progress.</param>
    /// <param name="now">The time of the decision.</param>
    public static CampaignStep Next(CampaignProgress progress, bool shouldWakeSender, int unchangedPolls, DateTimeOffset now) =>
        progress.Status switch
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

    // Each poll that finds no change doubles the wait. A campaign can stand still for hours, for example outside its hours, on a parked
    // sender or after the daily quota is used up, and must then not be polled more than once a minute.
    private static CampaignStep WaitOrClose(CampaignProgress progress, int unchangedPolls, DateTimeOffset now)
    {
        var backoff = 1L << Math.Min(unchangedPolls, MaxDoublings);
        if (progress.Pending > 0)
        {
            // Poll after a quarter of the estimated remaining time: rarely while much is left, often near the end. Do not poll before a
            // message is due.
            var quarter = TimeSpan.FromSeconds(Math.Clamp(
                progress.Pending / Math.Max(progress.RatePerSecond, 0.001) / 4, MinWait.TotalSeconds, MaxWait.TotalSeconds));
            var delay = quarter * backoff;
            return Wait(progress.NextDueAt - now is { } untilDue && untilDue > delay ? untilDue : delay, MaxWait);
        }

        return progress.InProgress || progress.AwaitingOutcome
            ? Wait(OutcomePollInterval * backoff, MaxOutcomePollInterval)
            : new CampaignStep(CampaignStepKind.Close);
    }

    private static CampaignStep Wait(TimeSpan delay, TimeSpan maxDelay) =>
        new(CampaignStepKind.Wait, delay < MinWait ? MinWait : delay > maxDelay ? maxDelay : delay);
}
