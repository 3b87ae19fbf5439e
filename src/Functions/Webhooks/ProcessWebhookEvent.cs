using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Queues;
using Relais.Platform.Secrets;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>
/// Applies a stored event exactly once. A first transaction counts the attempt, a second one applies the effect. A failure is recorded with
/// the event and retried after a growing delay; an event that failed too often is <c>failed</c> until an operator retries it.
/// </summary>
internal sealed partial class ProcessWebhookEvent(
    SystemDb db, IWebhookProvider provider, ProcessInbound inbound, WorkQueues queues, QueueEventProcessing queueProcessing,
    AddressHash hash, TimeProvider time, Random random, FailedEventMeter meter, ILogger<ProcessWebhookEvent> log)
{
    // The next attempt is scheduled before this one begins: if the process dies in the middle, the sweep finds the event due at that time.
    private const string StartAttempt = """
        update webhook_events
        set attempts = attempts + 1, next_attempt_at = @Now + least(interval '1 hour', interval '1 minute' * power(2, attempts))
        where id = @EventId and state = 'pending' and attempts < @MaxAttempts
        returning attempts
        """;

    private const string LockPendingEvent = """
        select id, tenant_id, kind, sid, status, payload::text as payload, message_id, message_attempt, consent_recorded, received_at
        from webhook_events
        where id = @EventId and state = 'pending' for update skip locked
        """;

    // An unrouted event did not fail. Its attempts are reset, because it is processed again when its sender is registered.
    private const string MarkProcessed = """
        update webhook_events
        set state = @State, last_error = @Reason, consent_recorded = true, attempts = case @State when 'unrouted' then 0 else attempts end,
          contact_address = case kind when 'status' then null else contact_address end
        where id = @EventId
        """;

    private const string RecordFailure = """
        update webhook_events
        set last_error = @Reason, next_attempt_at = @NextAttemptAt, state = case when attempts >= @MaxAttempts then 'failed' else state end
        where id = @EventId and state = 'pending'
        returning tenant_id, state = 'failed' as is_failed
        """;

    private const string MarkConsentRecorded = """
        update webhook_events set consent_recorded = true
        where id = @EventId and kind = 'inbound' and state in ('pending', 'failed') and not consent_recorded
        returning id, tenant_id, kind, sid, status, payload::text as payload, message_id, message_attempt, consent_recorded, received_at
        """;

    /// <returns>The messages that now wait for a retry; empty when the event is not pending or its processing failed.</returns>
    public async Task<IReadOnlyCollection<AppliedTransition>> RunAsync(Guid eventId, CancellationToken ct)
    {
        var parameters = new { EventId = eventId, Now = time.GetUtcNow().UtcDateTime, EventRetrySchedule.MaxAttempts };
        if (await db.RunAsync(tx => tx.QueryOneAsync<int?>(StartAttempt, parameters, ct), ct) is not { } attempts)
        {
            return [];
        }

        try
        {
            return await ApplyAsync(eventId, ct);
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            await RecordConsentSeparatelyAsync(eventId, ct);
            await RecordFailureAsync(eventId, attempts, failure, ct);
            return [];
        }
    }

    private async Task<IReadOnlyCollection<AppliedTransition>> ApplyAsync(Guid eventId, CancellationToken ct)
    {
        Guid? senderToWake = null;
        var retries = await db.RunAsync(async tx =>
        {
            var stored = await tx.QueryOneAsync<StoredEventRow>(LockPendingEvent, new { EventId = eventId }, ct);
            switch (stored?.Kind)
            {
                case WebhookEvent.InboundKind:
                    var result = await inbound.RunAsync(tx, stored, stored.ToMessage(provider), ct);
                    await FinishAsync(tx, eventId, result, ct);
                    senderToWake = result.WakeSender;
                    return [];
                case WebhookEvent.StatusKind:
                    await FinishAsync(tx, eventId, new EventProcessingResult(WebhookEventState.Done), ct);
                    var applied = await ApplyStatusReports.RunAsync(tx, [stored.ToReport(provider)], time.GetUtcNow(), random, ct);
                    return applied.Transitions.Where(transition => transition.WaitsForRetry).ToList();
                default:
                    return [];
            }
        }, ct);
        if (senderToWake is { } senderId)
        {
            await queues.SendAsync(QueueNames.WakeSender, senderId, null, ct);
        }

        return retries;
    }

    private static Task<int> FinishAsync(NpgsqlTransaction tx, Guid eventId, EventProcessingResult result, CancellationToken ct) =>
        tx.ExecuteAsync(MarkProcessed, new { EventId = eventId, result.State, result.Reason }, ct);

    /// <summary>Records a STOP or START in its own transaction: it must count even if its message cannot be processed.</summary>
    private async Task RecordConsentSeparatelyAsync(Guid eventId, CancellationToken ct)
    {
        try
        {
            await db.RunAsync(async tx =>
            {
                if (await tx.QueryOneAsync<StoredEventRow>(MarkConsentRecorded, new { EventId = eventId }, ct) is { } stored)
                {
                    var message = stored.ToMessage(provider);
                    await RecordMessageConsent.RunAsync(tx, hash, stored.TenantId, message, null, stored.Id, stored.ReceivedAtOffset, ct);
                }
            }, ct);
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            Log.ConsentFailed(log, eventId, FailureReason.Describe(failure));
        }
    }

    private async Task RecordFailureAsync(Guid eventId, int attempts, Exception failure, CancellationToken ct)
    {
        var reason = FailureReason.Describe(failure);
        var delay = EventRetrySchedule.DelayAfter(attempts);
        var nextAttemptAt = (time.GetUtcNow() + delay).UtcDateTime;
        var parameters = new { EventId = eventId, Reason = reason, NextAttemptAt = nextAttemptAt, EventRetrySchedule.MaxAttempts };
        if (await db.RunAsync(tx => tx.QueryOneAsync<FailureRow>(RecordFailure, parameters, ct), ct) is not { } stored)
        {
            return;
        }

        if (stored.IsFailed)
        {
            meter.Count(1);
            Log.EventFailed(log, eventId, stored.TenantId, attempts, reason);
            return;
        }

        Log.AttemptFailed(log, eventId, stored.TenantId, attempts, reason, delay);
        // The sweep runs once a minute; a shorter delay needs the queue.
        if (delay < TimeSpan.FromMinutes(1))
        {
            await queueProcessing.RunAsync(eventId, delay);
        }
    }

    private sealed record FailureRow
    {
        public required Guid TenantId { get; init; }
        public required bool IsFailed { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Attempt {Attempts} to process webhook event {EventId} of tenant {TenantId} failed with {Reason}. " +
            "The next attempt is in {Delay}")]
        public static partial void AttemptFailed(ILogger log, Guid eventId, Guid tenantId, int attempts, string reason, TimeSpan delay);

        [LoggerMessage(2, LogLevel.Error,
            "Webhook event {EventId} of tenant {TenantId} failed {Attempts} times, the last time with {Reason}: " +
            "an operator has to retry it")]
        public static partial void EventFailed(ILogger log, Guid eventId, Guid tenantId, int attempts, string reason);

        [LoggerMessage(3, LogLevel.Error,
            "The opt-out or opt-in of webhook event {EventId} could not be recorded: {Reason}. " +
            "The next attempt of the event tries again")]
        public static partial void ConsentFailed(ILogger log, Guid eventId, string reason);
    }
}
