using Relais.Channels;

namespace Relais.Sending.Unknown;

/// <summary>A message whose attempt may or may not have reached the provider.</summary>
internal sealed record UnknownMessage
{
    public required Guid Id { get; init; }
    public required int Attempt { get; init; }
    public required int Failures { get; init; }
    public required string ContactAddress { get; init; }
    public Guid? CampaignId { get; init; }
    public string? Body { get; init; }
    public required string ErrorCode { get; init; }
    public required DateTime ClaimedAt { get; init; }
}

/// <summary>Pure: which listed message, if any, is the lost attempt, and what follows.</summary>
internal static class Settlement
{
    /// <summary>The holder of the lease died between claim and record: most likely it never called.</summary>
    public const string Interrupted = "interrupted";

    // the provider's clock may lag ours; an earlier attempt lies at least a minute back
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(20);

    /// <param name="listed">The provider's list for this recipient.</param>
    /// <param name="attributed">SIDs that other messages hold.</param>
    public static Decision Decide(
        UnknownMessage message, IEnumerable<ListedMessage> listed, IReadOnlySet<string> attributed, DateTimeOffset now, double random)
    {
        var found = listed
            .Where(one => !attributed.Contains(one.Sid) && one.CreatedAt >= message.ClaimedAt - ClockSkew && (message.Body is null || one.Body == message.Body))
            .OrderBy(one => one.CreatedAt)
            .FirstOrDefault();
        if (found is not null)
        {
            return Adopt(message, found, now, random);
        }

        return message.ErrorCode == Interrupted
            ? new Decision(new Move(message.Id, message.Attempt, "pending", now, DueAt: now))
            : AfterSend.Decide(
                message.Id, message.Attempt, message.Failures, message.CampaignId is not null, new SendOutcome.NotSent(message.ErrorCode), now, random);
    }

    private static Decision Adopt(UnknownMessage message, ListedMessage found, DateTimeOffset now, double random)
    {
        var decision = found.Status is "failed" or "undelivered"
            ? AfterSend.Failed(
                message.Id, message.Attempt, message.Failures, message.CampaignId is not null, found.ErrorCode ?? "unknown", 0, found.Status, now, random)
            : new Decision(new Move(message.Id, message.Attempt, found.Status, now));
        return decision with { Move = decision.Move with { ProviderSid = found.Sid } };
    }
}
