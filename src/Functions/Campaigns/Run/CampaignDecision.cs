namespace Relais.Campaigns.Run;

/// <summary>Where a campaign stands.</summary>
/// <param name="Pending">Messages that nobody has in hand (up to a bound).</param>
/// <param name="NextDueAt">The earliest time for which one of them waits.</param>
/// <param name="InHand">A message is claimed, or its outcome is unknown.</param>
/// <param name="AwaitingOutcome">A message is with the provider, and not for too long.</param>
/// <param name="RatePerSecond">What the sender may send.</param>
internal sealed record CampaignProgress(
    string Status, DateTimeOffset? ScheduledAt, bool Frozen, int Pending, DateTimeOffset? NextDueAt, bool InHand, bool AwaitingOutcome, double RatePerSecond);

internal enum StepKind
{
    Freeze,
    Wake,
    Cancel,
    Wait,
    Close,
}

internal readonly record struct Step(StepKind Kind, TimeSpan Delay = default);

/// <summary>What a campaign needs next.</summary>
internal static class CampaignDecision
{
    // a timer of the published engine may be due a second early, and at once when it is asked for one second
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ForOutcomes = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestForOutcomes = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    // more would overflow, and no wait is as long
    private const int MostDoublings = 16;
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(12);

    /// <param name="progress">Where the campaign stands.</param>
    /// <param name="wake">The sender has not been told of the work yet.</param>
    /// <param name="unchanged">How many looks in a row have found just this progress before.</param>
    /// <param name="now">The time of the decision.</param>
    public static Step Next(CampaignProgress progress, bool wake, int unchanged, DateTimeOffset now) => progress.Status switch
    {
        CampaignStatus.Starting when progress.ScheduledAt > now => Wait(progress.ScheduledAt.Value - now, LongestSleep),
        CampaignStatus.Starting => new Step(StepKind.Freeze),
        CampaignStatus.Paused => Wait(Longest, Longest),
        CampaignStatus.Running when wake && progress.Pending > 0 => new Step(StepKind.Wake),
        CampaignStatus.Running => WaitOrClose(progress, unchanged, now),
        CampaignStatus.Cancelling when progress.Pending > 0 => new Step(StepKind.Cancel),
        CampaignStatus.Cancelling => WaitOrClose(progress, unchanged, now),
        _ => new Step(StepKind.Close),
    };

    // Each look that finds nothing new doubles the wait: outside its hours, on a parked sender or on a day that is full, a campaign stands still for
    // hours, and nothing may run for it more than once a minute.
    private static Step WaitOrClose(CampaignProgress progress, int unchanged, DateTimeOffset now)
    {
        var longer = 1L << Math.Min(unchanged, MostDoublings);
        if (progress.Pending > 0)
        {
            // a quarter of what is left: few looks while there is much to do, many near the end; none while all of it waits for its time
            var quarter = TimeSpan.FromSeconds(Math.Clamp(
                progress.Pending / Math.Max(progress.RatePerSecond, 0.001) / 4, Shortest.TotalSeconds, Longest.TotalSeconds));
            var patient = quarter * longer;
            return Wait(progress.NextDueAt - now is { } early && early > patient ? early : patient, Longest);
        }

        return progress.InHand || progress.AwaitingOutcome ? Wait(ForOutcomes * longer, LongestForOutcomes) : new Step(StepKind.Close);
    }

    private static Step Wait(TimeSpan wanted, TimeSpan most) =>
        new(StepKind.Wait, wanted < Shortest ? Shortest : wanted > most ? most : wanted);
}
