using Relais.Channels;

namespace Relais.Sending.Unknown;

/// <summary>A message whose attempt may or may not have reached the provider.</summary>
internal sealed record UnknownMessage
{
    public required Guid Id { get; init; }
    public required int Attempt { get; init; }
    public required int Failures { get; init; }
    public required string ContactAddress { get; init; }
    public required bool InCampaign { get; init; }
    public string? Body { get; init; }
    public required string ErrorCode { get; init; }
    public required DateTime ClaimedAt { get; init; }
}

/// <summary>Pure: which listed message, if any, is the lost attempt, and what follows.</summary>
internal static class UnknownOutcomeDecision
{
    /// <summary>The holder of the lease died between claim and record: most likely it never called.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>Nobody could tell for a day.</summary>
    public const string OutcomeUnknownCode = "unknown_outcome";

    // the provider's clock may lag ours; an earlier attempt lies at least a minute back
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LatestArrival = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);
    private static readonly TimeSpan LateCallbackDelay = TimeSpan.FromSeconds(5);

    /// <summary>What the provider created before that is another message.</summary>
    public static DateTimeOffset EarliestCreation(UnknownMessage message) => message.ClaimedAt - ClockSkew;

    /// <param name="listed">The provider's list for this recipient, complete since <see cref="EarliestCreation"/>.</param>
    /// <param name="sidsOfOtherMessages">SIDs that other messages hold.</param>
    /// <returns>Null: the list does not tell.</returns>
    public static SendDecision? Decide(
        UnknownMessage message, IEnumerable<ListedMessage> listed, IReadOnlySet<string> sidsOfOtherMessages, DateTimeOffset now, double random)
    {
        var candidates = listed
            .Where(one => !sidsOfOtherMessages.Contains(one.Sid))
            .Where(one => one.CreatedAt >= EarliestCreation(message) && one.CreatedAt <= message.ClaimedAt + LatestArrival + ClockSkew)
            .OrderBy(one => one.CreatedAt)
            .ToList();
        if (candidates.Find(one => message.Body is null || IsBody(one.Body, message.Body)) is { } found)
        {
            return TakeOverProviderStatus(message, found, now, random);
        }

        if (candidates.Count > 0)
        {
            return DecideByAge(message, now);
        }

        var again = message.ErrorCode == Interrupted
            ? new SendDecision(new StatusTransition(message.Id, message.Attempt, "pending", now, DueAt: now + LateCallbackDelay))
            : SendOutcomePolicy.Decide(message.Id, message.Attempt, message.Failures, message.InCampaign, new SendOutcome.NotSent(message.ErrorCode), now, random);
        return again with { Move = again.Move with { IsLostAttempt = again.Move.Status is "pending" or "retry" } };
    }

    /// <returns>The end of a message about which the provider gave no answer for a day; null before.</returns>
    public static SendDecision? DecideByAge(UnknownMessage message, DateTimeOffset now) =>
        now - message.ClaimedAt < GiveUpAfter ? null : new SendDecision(new StatusTransition(message.Id, message.Attempt, "failed", now, ErrorCode: OutcomeUnknownCode));

    // trial accounts put a sentence in front, and blanks at the ends may go
    private static bool IsBody(string? listed, string body) => listed is not null && listed.Trim().EndsWith(body.Trim(), StringComparison.Ordinal);

    private static SendDecision TakeOverProviderStatus(UnknownMessage message, ListedMessage found, DateTimeOffset now, double random)
    {
        var decision = found.Status is "failed" or "undelivered"
            ? SendOutcomePolicy.DecideFailure(
                message.Id, message.Attempt, message.Failures, message.InCampaign, found.ErrorCode ?? "unknown", 0, found.Status, now, random)
            : new SendDecision(new StatusTransition(message.Id, message.Attempt, ApplyStatusUpdates.IsKnown(found.Status) ? found.Status : "accepted", now));
        return decision with { Move = decision.Move with { ProviderSid = found.Sid } };
    }
}
