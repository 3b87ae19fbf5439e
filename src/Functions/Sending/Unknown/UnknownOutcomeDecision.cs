using Relais.Channels;

namespace Relais.Sending.Unknown;

/// <summary>Finds the attempt among the messages that the provider lists, and decides what follows. Pure.</summary>
internal static class UnknownOutcomeDecision
{
    /// <summary>The code of a message whose pump died between claim and record, most likely before it called the provider.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>The code of a message whose outcome stayed unknown for a day.</summary>
    public const string OutcomeUnknownCode = "unknown_outcome";

    // The provider's clock may differ from the app's. An earlier attempt is at least a minute older, so this does not match it.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LatestArrival = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);
    private static readonly TimeSpan LateCallbackDelay = TimeSpan.FromSeconds(5);

    /// <summary>A listed message that was created before this time is not the attempt.</summary>
    public static DateTimeOffset EarliestCreation(UnknownMessage message) => message.ClaimedAt - ClockSkew;

    /// <param name="listed">The provider's list for this recipient, complete since <see cref="EarliestCreation"/>.</param>
    /// <param name="sidsOfOtherMessages">Listed SIDs that belong to other messages.</param>
    /// <param name="random">In [0, 1), for jitter.</param>
    /// <returns>Null while the list allows no decision.</returns>
    public static SendDecision? Decide(
        UnknownMessage message,
        IEnumerable<ListedMessage> listed,
        IReadOnlySet<string> sidsOfOtherMessages,
        DateTimeOffset now,
        double random)
    {
        var candidates = listed
            .Where(item => !sidsOfOtherMessages.Contains(item.Sid))
            .Where(item => item.CreatedAt >= EarliestCreation(message) && item.CreatedAt <= message.ClaimedAt + LatestArrival + ClockSkew)
            .OrderBy(item => item.CreatedAt)
            .ToList();
        if (candidates.Find(item => message.Body is null || HasBody(item, message.Body)) is { } match)
        {
            return TakeOverProviderStatus(message, match, now, random);
        }

        if (candidates.Count > 0)
        {
            return DecideByAge(message, now);
        }

        var requeue = message.ErrorCode == Interrupted
            ? new SendDecision(
                new StatusTransition(message.Id, message.Attempt, MessageStatus.Pending, now, DueAt: now + LateCallbackDelay))
            : SendOutcomePolicy.Decide(
                message.Id, message.Attempt, message.Failures, message.CampaignCanPause, new SendOutcome.NotSent(message.ErrorCode),
                now, random);
        var isRequeued = requeue.Transition.Status is MessageStatus.Pending or MessageStatus.Retry;
        return requeue with { Transition = requeue.Transition with { IsLostAttempt = isRequeued } };
    }

    /// <returns>A failure once the outcome has been unknown for a day; null before.</returns>
    public static SendDecision? DecideByAge(UnknownMessage message, DateTimeOffset now) =>
        now - message.ClaimedAt < GiveUpAfter
            ? null
            : new SendDecision(new StatusTransition(message.Id, message.Attempt, MessageStatus.Failed, now, ErrorCode: OutcomeUnknownCode));

    // Trial accounts put a sentence in front of the text, and the provider may trim it.
    private static bool HasBody(ListedMessage listed, string body) =>
        listed.Body is not null && listed.Body.Trim().EndsWith(body.Trim(), StringComparison.Ordinal);

    private static SendDecision TakeOverProviderStatus(UnknownMessage message, ListedMessage match, DateTimeOffset now, double random)
    {
        var decision = match.Status is MessageStatus.Failed or MessageStatus.Undelivered
            ? SendOutcomePolicy.DecideFailure(
                message.Id, message.Attempt, message.Failures, message.CampaignCanPause, match.ErrorCode ?? "unknown", 0, match.Status, now,
                random)
            : new SendDecision(new StatusTransition(
                message.Id, message.Attempt, ApplyStatusReports.IsKnown(match.Status) ? match.Status : MessageStatus.Accepted, now));
        return decision with { Transition = decision.Transition with { ProviderSid = match.Sid } };
    }
}
