using Relais.Channels;
using Relais.Sending.Retries;

namespace Relais.Sending;

/// <summary>What a provider's word on one attempt leads to.</summary>
/// <param name="ParkSenderFor">Nothing more from this sender for that long.</param>
/// <param name="PauseCampaign">The campaign stops itself, with the code as its reason.</param>
/// <param name="OptOut">The recipient wants no more.</param>
internal sealed record Decision(Move Move, TimeSpan? ParkSenderFor = null, bool PauseCampaign = false, bool OptOut = false);

/// <summary>Pure: outcome and circumstances in, decision out.</summary>
internal static class AfterSend
{
    private static readonly TimeSpan ParkFor = TimeSpan.FromMinutes(5);

    /// <param name="failures">Retryable failures so far.</param>
    /// <param name="random">In [0, 1), for jitter.</param>
    public static Decision Decide(Guid messageId, int attempt, int failures, bool inCampaign, SendOutcome outcome, DateTimeOffset now, double random) =>
        outcome switch
        {
            // a status that the ladder does not know is an acceptance all the same
            SendOutcome.Accepted accepted => new(new Move(
                messageId, attempt, ApplyStatuses.IsOnLadder(accepted.Status) ? accepted.Status : "accepted", now, accepted.Sid)),
            SendOutcome.Released => new(new Move(messageId, attempt, "pending", now, DueAt: now)),
            SendOutcome.Unknown unknown => new(new Move(messageId, attempt, "unknown", now, ErrorCode: unknown.Code)),
            SendOutcome.NotSent notSent => Retry(messageId, attempt, failures, notSent.Code, "failed", now, random),
            SendOutcome.Refused refused => Failed(messageId, attempt, failures, inCampaign, refused.Code, refused.HttpStatus, "failed", now, random),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        };

    /// <param name="httpStatus">0 when the failure came by callback.</param>
    /// <param name="end">The end it comes to when nothing else is left: failed or undelivered.</param>
    public static Decision Failed(
        Guid messageId, int attempt, int failures, bool inCampaign, string code, int httpStatus, string end, DateTimeOffset now, double random)
    {
        var final = new Move(messageId, attempt, end, now, ErrorCode: code);
        var back = new Move(messageId, attempt, "pending", now, ErrorCode: code, DueAt: now);
        return ErrorCatalogue.For(code, httpStatus) switch
        {
            SendAction.Retry => Retry(messageId, attempt, failures, code, end, now, random),
            SendAction.ParkSender => new(back with { DueAt = now + ParkFor }, ParkSenderFor: ParkFor),
            SendAction.ParkCampaign or SendAction.FixConfiguration when inCampaign => new(back, PauseCampaign: true),
            SendAction.FinalOptOut => new(final, OptOut: true),
            _ => new(final),
        };
    }

    private static Decision Retry(Guid messageId, int attempt, int failures, string code, string end, DateTimeOffset now, double random) =>
        failures >= RetrySchedule.MaxRetries
            ? new(new Move(messageId, attempt, end, now, ErrorCode: code))
            : new(new Move(messageId, attempt, "retry", now, ErrorCode: code, DueAt: now + RetrySchedule.Delay(failures + 1, random)));
}
