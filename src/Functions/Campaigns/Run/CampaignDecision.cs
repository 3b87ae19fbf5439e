namespace Relais.Campaigns.Run;

/// <summary>Where a campaign stands.</summary>
/// <param name="Pending">Messages that nobody has in hand (up to a bound).</param>
/// <param name="InHand">A message is claimed, or its outcome is unknown.</param>
/// <param name="AwaitingOutcome">A message is with the provider, and not for too long.</param>
/// <param name="RatePerSecond">What the sender may send.</param>
internal sealed record CampaignProgress(
    string Status, DateTimeOffset? ScheduledAt, bool Frozen, int Pending, bool InHand, bool AwaitingOutcome, double RatePerSecond);

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
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(12);

    /// <param name="progress">Where the campaign stands.</param>
    /// <param name="wake">The sender has not been told of the work yet.</param>
    /// <param name="now">The time of the decision.</param>
    public static Step Next(CampaignProgress progress, bool wake, DateTimeOffset now) => progress.Status switch
    {
        CampaignStatus.Starting when progress.ScheduledAt > now => Wait(progress.ScheduledAt.Value - now, LongestSleep),
        CampaignStatus.Starting => new Step(StepKind.Freeze),
        CampaignStatus.Paused => Wait(Longest, Longest),
        CampaignStatus.Running when wake && progress.Pending > 0 => new Step(StepKind.Wake),
        CampaignStatus.Running => WaitOrClose(progress),
        CampaignStatus.Cancelling when progress.Pending > 0 => new Step(StepKind.Cancel),
        CampaignStatus.Cancelling => WaitOrClose(progress),
        _ => new Step(StepKind.Close),
    };

    private static Step WaitOrClose(CampaignProgress progress)
    {
        if (progress.Pending > 0)
        {
            // a quarter of what is left: few looks while there is much to do, many near the end
            return Wait(TimeSpan.FromSeconds(progress.Pending / Math.Max(progress.RatePerSecond, 0.001) / 4), Longest);
        }

        return progress.InHand || progress.AwaitingOutcome ? Wait(Shortest * 2, Longest) : new Step(StepKind.Close);
    }

    private static Step Wait(TimeSpan wanted, TimeSpan most) =>
        new(StepKind.Wait, wanted < Shortest ? Shortest : wanted > most ? most : wanted);
}
