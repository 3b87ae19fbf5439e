using Azure;
using Azure.Identity;
using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Platform.Database;
using Relais.Platform.Queues;

namespace Relais.Privacy.Erasure;

/// <summary>
/// Redacts status reports that were stored during an erasure. Webhook writes do not wait for erasures: a transaction that began before the
/// erasure was committed may still store a report with the person's number. The erasure therefore stores the SIDs of its messages as a
/// recheck, in its own transaction. Once all transactions that were writing to webhook_events have ended, the recheck finds the reports by
/// SID. A restart, or a transaction that stays open for hours, only delays it.
/// </summary>
internal sealed partial class RedactLateReports(SystemDb db, WorkQueues queues, TimeProvider time, ILogger<RedactLateReports> log)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MinDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromHours(1);
    private static readonly TimeSpan MinAgeOfNightlyRecheck = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a run waits for open transactions. Storing a report takes milliseconds; for a transaction that stays open longer, the
    /// recheck is queued.
    /// </summary>
    internal TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(2);

    private const string InsertRecheck = """
        insert into erasure_rechecks (id, tenant_id, sids, created_at) values (@Id, @TenantId, @Sids, @Now)
        """;

    // A transaction that writes to webhook_events keeps this lock until it ends.
    private const string SelectOpenEventWriters = """
        select l.virtualtransaction from pg_locks l
        where l.locktype = 'relation' and l.relation = 'webhook_events'::regclass and l.mode = 'RowExclusiveLock' and l.granted
          and l.database = (select oid from pg_database where datname = current_database())
        """;

    private const string RecordOpenTransactions = $"""
        update erasure_rechecks set transactions = coalesce(transactions, array({SelectOpenEventWriters}))
        where id = @Id
        returning id, tenant_id, sids, transactions, created_at
        """;

    private const string HasOpenTransactions = $"select exists ({SelectOpenEventWriters} and l.virtualtransaction = any(@Transactions))";

    private const string DeleteRecheck = "delete from erasure_rechecks where id = @Id";

    private const string SelectOldRechecks = "select id from erasure_rechecks where created_at < @Before order by created_at limit 1000";

    private sealed record Recheck
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required string[] Sids { get; init; }
        public required string[] Transactions { get; init; }
        public required DateTime CreatedAt { get; init; }
    }

    /// <param name="tx">The transaction of the erasure.</param>
    /// <returns>The id of the recheck.</returns>
    public static async Task<Guid> InsertRecheckAsync(
        NpgsqlTransaction tx, Guid tenantId, IReadOnlyCollection<string> sids, DateTimeOffset now, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(now);
        await tx.ExecuteAsync(InsertRecheck, new { Id = id, TenantId = tenantId, Sids = sids.ToArray(), Now = now.UtcDateTime }, ct);
        return id;
    }

    [Function(nameof(RecheckErasure))]
    public Task RecheckErasure([QueueTrigger(QueueNames.RecheckErasure)] string recheckId, CancellationToken ct) =>
        RunAsync(Guid.Parse(recheckId), ct);

    /// <summary>Runs the rechecks whose queue message was not sent, for example because the app stopped after the erasure.</summary>
    [Function(nameof(RecheckErasuresEachNight))]
    public async Task RecheckErasuresEachNight([TimerTrigger("0 1 2 * * *")] TimerInfo timer, CancellationToken ct)
    {
        var before = (time.GetUtcNow() - MinAgeOfNightlyRecheck).UtcDateTime;
        foreach (var id in await db.RunAsync(tx => tx.QueryAsync<Guid>(SelectOldRechecks, new { Before = before }, ct), ct))
        {
            await RunAsync(id, ct);
        }
    }

    /// <summary>
    /// Waits for open transactions for <see cref="MaxWait"/> at most, then redacts the reports. If a transaction is still open, the recheck
    /// is queued for later.
    /// </summary>
    /// <returns>The number of redacted events; 0 when the recheck is already done.</returns>
    public async Task<int> RunAsync(Guid id, CancellationToken ct)
    {
        if (await db.RunAsync(tx => tx.QueryOneAsync<Recheck>(RecordOpenTransactions, new { Id = id }, ct), ct) is not { } recheck)
        {
            return 0;
        }

        // Check for open transactions before redacting: the redaction then sees everything that the ended transactions stored.
        var open = await WaitUntilFinishedAsync(recheck, ct);
        var redacted = await db.RunAsync(async tx =>
        {
            var events = await RedactEvents.RedactBySidAsync(tx, recheck.TenantId, recheck.Sids, ct);
            if (!open)
            {
                await tx.ExecuteAsync(DeleteRecheck, new { recheck.Id }, ct);
            }

            return events;
        }, ct);
        if (open)
        {
            await ScheduleAsync(recheck);
        }

        return redacted;
    }

    /// <returns>Whether a transaction is still open after the wait.</returns>
    private async Task<bool> WaitUntilFinishedAsync(Recheck recheck, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        while (await db.RunAsync(tx => tx.QueryOneAsync<bool>(HasOpenTransactions, new { recheck.Transactions }, ct), ct))
        {
            if (time.GetElapsedTime(started) >= MaxWait)
            {
                return true;
            }

            await Task.Delay(PollInterval, time, ct);
        }

        return false;
    }

    private async Task ScheduleAsync(Recheck recheck)
    {
        var age = time.GetUtcNow() - recheck.CreatedAt;
        var delay = age < MinDelay ? MinDelay : age > MaxDelay ? MaxDelay : age;
        Log.TransactionStillOpen(log, recheck.TenantId, recheck.Id, delay);
        try
        {
            await queues.SendAsync(QueueNames.RecheckErasure, recheck.Id, delay, CancellationToken.None);
        }
        catch (Exception failure) when (failure is RequestFailedException or HttpRequestException or AuthenticationFailedException
            or OperationCanceledException or AggregateException)
        {
            Log.ScheduleFailed(log, failure, recheck.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Erasure in tenant {TenantId}: a transaction that may have stored a report about the person is still open; " +
            "recheck {RecheckId} looks again in {Delay}")]
        public static partial void TransactionStillOpen(ILogger log, Guid tenantId, Guid recheckId, TimeSpan delay);

        [LoggerMessage(2, LogLevel.Error, "Recheck {RecheckId} of an erasure could not be queued; the nightly run picks it up")]
        public static partial void ScheduleFailed(ILogger log, Exception failure, Guid recheckId);
    }
}
