using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>
/// Once a minute: stored events that are due again, reports that missed their message, and what is too old to wait any longer. Replaced tokens
/// that sign no more are removed on the way.
/// </summary>
internal sealed partial class SweepWebhooks(
    SystemDb db, QueueEventProcessing wake, TimeProvider time, Random random, FailedEventMeter meter, ILogger<SweepWebhooks> log)
{
    /// <summary>A report waits this long for its message. The provider is asked about a message for two days.</summary>
    public static readonly TimeSpan MaxUnmatchedAge = TimeSpan.FromDays(3);

    private static readonly TimeSpan RecentWindow = TimeSpan.FromMinutes(15);

    internal const string SelectDueEvents = """
        select id from webhook_events
        where state = 'pending' and next_attempt_at <= @Now and attempts < @MaxAttempts
        order by next_attempt_at
        limit 500
        """;

    // the last attempt ended without a word: the process was stopped in the middle of it
    private const string FailInterrupted = """
        update webhook_events set state = 'failed', last_error = coalesce(last_error, @Interrupted)
        where state = 'pending' and next_attempt_at <= @Now and attempts >= @MaxAttempts
        returning id, tenant_id
        """;

    // the callback and the record of its SID may have committed side by side, each before it could see the other
    internal const string SelectMatchableSids = """
        with recent as materialized (
          select tenant_id, sid from webhook_events where state = 'unmatched' and received_at > @Since and kind = 'status' order by received_at desc limit 20000
        )
        select distinct r.sid
        from recent r
        cross join lateral (select from messages m where m.provider_sid = r.sid and m.tenant_id = r.tenant_id limit 1) m
        limit 500
        """;

    internal const string ExpireUnmatched = """
        update webhook_events set state = 'ignored', last_error = 'no_message_has_the_sid'
        where id in (select id from webhook_events where state = 'unmatched' and received_at <= @Before order by received_at limit 10000)
        """;

    private const string ClearExpiredPreviousTokens = """
        update provider_accounts
        set previous_secret = null, previous_secret_key_id = null, token_replaced_at = null, previous_token_expires_at = null
        where previous_token_expires_at <= @Now or token_replaced_at <= @Oldest
        """;

    public async Task RunAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await db.RunAsync(tx => tx.ExecuteAsync(ClearExpiredPreviousTokens, new { Now = now.UtcDateTime, Oldest = (now - SigningAccount.PreviousTokenMaxAge).UtcDateTime }, ct), ct);
        await db.RunAsync(async tx =>
        {
            var sids = await tx.QueryAsync<string>(SelectMatchableSids, new { Since = (now - SearchWindow(now)).UtcDateTime }, ct);
            await UnmatchedStatusReports.ApplyAsync(tx, [.. sids], now, random, ct);
        }, ct);
        await db.RunAsync(tx => tx.ExecuteAsync(ExpireUnmatched, new { Before = (now - MaxUnmatchedAge).UtcDateTime }, ct), ct);
        await FailInterruptedAsync(now, ct);
        var due = new { Now = now.UtcDateTime, EventRetrySchedule.MaxAttempts };
        foreach (var id in await db.RunAsync(tx => tx.QueryAsync<Guid>(SelectDueEvents, due, ct), ct))
        {
            await wake.RunAsync(id, null);
        }
    }

    /// <summary>Reports of other systems' messages match nothing, so that all of them are compared once an hour and new ones each minute.</summary>
    public static TimeSpan SearchWindow(DateTimeOffset now) => now.Minute == 0 ? MaxUnmatchedAge : RecentWindow;

    private async Task FailInterruptedAsync(DateTimeOffset now, CancellationToken ct)
    {
        var interrupted = new { Now = now.UtcDateTime, EventRetrySchedule.MaxAttempts, FailureReason.Interrupted };
        var failed = await db.RunAsync(tx => tx.QueryAsync<FailedRow>(FailInterrupted, interrupted, ct), ct);
        meter.Count(failed.Count);
        foreach (var row in failed)
        {
            Log.EventFailed(log, row.Id, row.TenantId, EventRetrySchedule.MaxAttempts);
        }
    }

    private sealed record FailedRow
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Webhook event {EventId} of tenant {TenantId} failed {Attempts} times, the last time without a result: an operator has to retry it")]
        public static partial void EventFailed(ILogger log, Guid eventId, Guid tenantId, int attempts);
    }
}
