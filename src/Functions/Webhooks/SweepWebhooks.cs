using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>
/// Runs once a minute. Queues the stored events that are due again, applies unmatched status reports whose message is known by now, gives
/// up events that are too old or failed too often, and deletes previous auth tokens that have expired.
/// </summary>
internal sealed partial class SweepWebhooks(
    SystemDb db, QueueEventProcessing queueProcessing, TimeProvider time, Random random, FailedEventMeter meter, ILogger<SweepWebhooks> log)
{
    /// <summary>
    /// How long a status report waits for its message: longer than the two days for which the provider is asked about a message.
    /// </summary>
    public static readonly TimeSpan MaxUnmatchedAge = TimeSpan.FromDays(3);

    private static readonly TimeSpan RecentWindow = TimeSpan.FromMinutes(15);

    internal const string SelectDueEvents = """
        select id from webhook_events
        where state = 'pending' and next_attempt_at <= @Now and attempts < @MaxAttempts
        order by next_attempt_at
        limit 500
        """;

    // The process stopped in the middle of the last attempt, so the attempt recorded no result.
    private const string FailInterrupted = """
        update webhook_events set state = 'failed', last_error = coalesce(last_error, @Interrupted)
        where state = 'pending' and next_attempt_at <= @Now and attempts >= @MaxAttempts
        returning id, tenant_id
        """;

    // A report and the SID of its message may be committed at the same time, each before the other is visible: nothing matches them then.
    internal const string SelectMatchableSids = """
        with recent as materialized (
          select tenant_id, sid from webhook_events
          where state = 'unmatched' and received_at > @Since and kind = 'status'
          order by received_at desc limit 20000
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
        var tokenTimes = new { Now = now.UtcDateTime, Oldest = (now - WebhookAccount.PreviousTokenMaxAge).UtcDateTime };
        await db.RunAsync(tx => tx.ExecuteAsync(ClearExpiredPreviousTokens, tokenTimes, ct), ct);
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
            await queueProcessing.RunAsync(id, null);
        }
    }

    /// <summary>
    /// How far back unmatched reports are compared with messages. Reports on messages of other systems never match and may be many, so each
    /// minute compares recent reports only, and the first minute of an hour compares all of them.
    /// </summary>
    public static TimeSpan SearchWindow(DateTimeOffset now) => now.Minute == 0 ? MaxUnmatchedAge : RecentWindow;

    private async Task FailInterruptedAsync(DateTimeOffset now, CancellationToken ct)
    {
        var parameters = new { Now = now.UtcDateTime, EventRetrySchedule.MaxAttempts, FailureReason.Interrupted };
        var failed = await db.RunAsync(tx => tx.QueryAsync<FailedRow>(FailInterrupted, parameters, ct), ct);
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
        [LoggerMessage(1, LogLevel.Error,
            "Webhook event {EventId} of tenant {TenantId} failed {Attempts} times, the last time without a result: " +
            "an operator has to retry it")]
        public static partial void EventFailed(ILogger log, Guid eventId, Guid tenantId, int attempts);
    }
}
