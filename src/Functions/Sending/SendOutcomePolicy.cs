using Relais.Channels;
using Relais.Sending.Retries;

namespace Relais.Sending;

/// <summary>What a provider's word on one attempt leads to.</summary>
/// <param name="ParkSenderFor">Nothing more from this sender for that long.</param>
/// <param name="PauseCampaign">The campaign stops itself, with the code as its reason.</param>
/// <param name="OptOut">The recipient wants no more.</param>
internal sealed record SendDecision(StatusTransition Move, TimeSpan? ParkSenderFor = null, bool PauseCampaign = false, bool OptOut = false);

/// <summary>Pure: outcome and circumstances in, decision out.</summary>
internal static class SendOutcomePolicy
{
    private static readonly TimeSpan ParkDuration = TimeSpan.FromMinutes(5);

    /// <param name="failures">Retryable failures so far.</param>
    /// <param name="random">In [0, 1), for jitter.</param>
    public static SendDecision Decide(Guid messageId, int attempt, int failures, bool inCampaign, SendOutcome outcome, DateTimeOffset now, double random) =>
        outcome switch
        {
            // a status that the ladder does not know is an acceptance all the same
            SendOutcome.Accepted accepted => new(new StatusTransition(
                messageId, attempt, ApplyStatusUpdates.IsKnown(accepted.Status) ? accepted.Status : "accepted", now, accepted.Sid)),
            SendOutcome.NotSentInTime => new(new StatusTransition(messageId, attempt, "pending", now, DueAt: now)),
            SendOutcome.Unknown unknown => new(new StatusTransition(messageId, attempt, "unknown", now, ErrorCode: unknown.Code)),
            SendOutcome.NotSent notSent => DecideRetry(messageId, attempt, failures, notSent.Code, "failed", now, random),
            SendOutcome.Rejected refused => DecideFailure(messageId, attempt, failures, inCampaign, refused.Code, refused.HttpStatus, "failed", now, random),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        };

    /// <param name="httpStatus">0 when the failure came by callback.</param>
    /// <param name="finalStatus">The end it comes to when nothing else is left: failed or undelivered.</param>
    public static SendDecision DecideFailure(
        Guid messageId, int attempt, int failures, bool inCampaign, string code, int httpStatus, string finalStatus, DateTimeOffset now, double random)
    {
        var final = new StatusTransition(messageId, attempt, finalStatus, now, ErrorCode: code);
        var requeue = new StatusTransition(messageId, attempt, "pending", now, ErrorCode: code, DueAt: now);
        return SendErrorActions.GetAction(code, httpStatus) switch
        {
            SendAction.Retry => DecideRetry(messageId, attempt, failures, code, finalStatus, now, random),
            SendAction.ParkSender => new(requeue with { DueAt = now + ParkDuration }, ParkSenderFor: ParkDuration),
            SendAction.ParkCampaign or SendAction.ConfigurationError when inCampaign => new(requeue, PauseCampaign: true),
            SendAction.FinalOptOut => new(final, OptOut: true),
            _ => new(final),
        };
    }

    private static SendDecision DecideRetry(Guid messageId, int attempt, int failures, string code, string finalStatus, DateTimeOffset now, double random) =>
        failures >= RetrySchedule.MaxRetries
            ? new(new StatusTransition(messageId, attempt, finalStatus, now, ErrorCode: code))
            : new(new StatusTransition(messageId, attempt, "retry", now, ErrorCode: code, DueAt: now + RetrySchedule.Delay(failures + 1, random)));
}
