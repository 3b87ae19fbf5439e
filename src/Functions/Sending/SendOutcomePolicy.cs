using Relais.Channels;
using Relais.Sending.Retries;

namespace Relais.Sending;

/// <summary>The consequences of the outcome of one attempt.</summary>
/// <param name="Transition">The change of status of the message.</param>
/// <param name="ParkSenderFor">The sender sends nothing for this long; null: the sender is not parked.</param>
/// <param name="PauseCampaign">The campaign is paused, with the error code as its reason.</param>
/// <param name="OptOut">The provider reports that the recipient has opted out.</param>
internal sealed record SendDecision(
    StatusTransition Transition, TimeSpan? ParkSenderFor = null, bool PauseCampaign = false, bool OptOut = false);

/// <summary>Decides what follows from the outcome of an attempt. Pure.</summary>
internal static class SendOutcomePolicy
{
    private static readonly TimeSpan ParkDuration = TimeSpan.FromMinutes(5);

    /// <param name="failures">The number of retryable failures of this message so far.</param>
    /// <param name="inCampaign">The message belongs to a campaign that can be paused.</param>
    /// <param name="random">In [0, 1), for jitter.</param>
    public static SendDecision Decide(
        Guid messageId, int attempt, int failures, bool inCampaign, SendOutcome outcome, DateTimeOffset now, double random) =>
        outcome switch
        {
            // A status that Relais does not know still means that the provider accepted the message.
            SendOutcome.Accepted accepted => new(new StatusTransition(
                messageId, attempt, ApplyStatusReports.IsKnown(accepted.Status) ? accepted.Status : MessageStatus.Accepted, now,
                accepted.Sid)),
            SendOutcome.SendDeadlinePassed => new(new StatusTransition(messageId, attempt, MessageStatus.Pending, now, DueAt: now)),
            SendOutcome.Unknown unknown =>
                new(new StatusTransition(messageId, attempt, MessageStatus.Unknown, now, ErrorCode: unknown.Code)),
            SendOutcome.NotSent notSent => DecideRetry(messageId, attempt, failures, notSent.Code, MessageStatus.Failed, now, random),
            SendOutcome.Rejected rejected =>
                DecideFailure(
                    messageId, attempt, failures, inCampaign, rejected.Code, rejected.HttpStatus, MessageStatus.Failed, now, random),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        };

    /// <param name="failures">The number of retryable failures of this message so far.</param>
    /// <param name="inCampaign">The message belongs to a campaign that can be paused.</param>
    /// <param name="code">The error code of the provider or of Relais.</param>
    /// <param name="httpStatus">0 when the failure was reported by callback.</param>
    /// <param name="finalStatus">The status if the message is not requeued: failed or undelivered.</param>
    /// <param name="random">In [0, 1), for jitter.</param>
    public static SendDecision DecideFailure(
        Guid messageId,
        int attempt,
        int failures,
        bool inCampaign,
        string code,
        int httpStatus,
        string finalStatus,
        DateTimeOffset now,
        double random)
    {
        var final = new StatusTransition(messageId, attempt, finalStatus, now, ErrorCode: code);
        var requeue = new StatusTransition(messageId, attempt, MessageStatus.Pending, now, ErrorCode: code, DueAt: now);
        return SendErrorActions.GetAction(code, httpStatus) switch
        {
            SendErrorAction.Retry => DecideRetry(messageId, attempt, failures, code, finalStatus, now, random),
            SendErrorAction.ParkSender => new(requeue with { DueAt = now + ParkDuration }, ParkSenderFor: ParkDuration),
            SendErrorAction.PauseCampaign or SendErrorAction.PauseCampaignOrFail when inCampaign => new(requeue, PauseCampaign: true),
            SendErrorAction.FinalOptOut => new(final, OptOut: true),
            _ => new(final),
        };
    }

    private static SendDecision DecideRetry(
        Guid messageId, int attempt, int failures, string code, string finalStatus, DateTimeOffset now, double random) =>
        failures >= RetrySchedule.MaxRetries
            ? new(new StatusTransition(messageId, attempt, finalStatus, now, ErrorCode: code))
            : new(new StatusTransition(
                messageId, attempt, MessageStatus.Retry, now, ErrorCode: code, DueAt: now + RetrySchedule.Delay(failures + 1, random)));
}
