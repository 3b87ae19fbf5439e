using Azure;
using Azure.Identity;
using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Platform.Database;
using Relais.Platform.Queues;

namespace Relais.Privacy.Erasure;

/// <summary>
/// Reports are stored without waiting for erasures. A transaction that stored a report just before the erasure was committed saw the number, and
/// leaves it in the event when it commits afterwards. Once each of those transactions has ended, the events are found by the SIDs of the
/// erased messages. The SIDs are kept in a row from the erasure's own commit on: neither a restart nor a transaction that stays open for hours loses them.
/// </summary>
internal sealed partial class RedactLateReports(SystemDb db, WorkQueues queues, TimeProvider time, ILogger<RedactLateReports> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MinDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromHours(1);
    private static readonly TimeSpan LeftBehind = TimeSpan.FromMinutes(10);

    /// <summary>Storing a report takes milliseconds: a transaction that is open for longer than this is left to the queue.</summary>
    internal TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(2);

    private const string InsertRecheck = """
        insert into erasure_rechecks (id, tenant_id, sids, created_at) values (@Id, @TenantId, @Sids, @Now)
        """;

    // a transaction that writes to webhook_events keeps this lock until it ends
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

    /// <summary>In the transaction of the erasure.</summary>
    public static async Task<Guid> InsertRecheckAsync(NpgsqlTransaction tx, Guid tenantId, IReadOnlyCollection<string> sids, DateTimeOffset now, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(now);
        await tx.ExecuteAsync(InsertRecheck, new { Id = id, TenantId = tenantId, Sids = sids.ToArray(), Now = now.UtcDateTime }, ct);
        return id;
    }

    [Function(nameof(RecheckErasure))]
    public Task RecheckErasure([QueueTrigger(QueueNames.RecheckErasure)] string recheckId, CancellationToken ct) => RunAsync(Guid.Parse(recheckId), ct);

    /// <summary>For what was interrupted before its queue message was sent.</summary>
    [Function(nameof(RecheckErasuresEachNight))]
    public async Task RecheckErasuresEachNight([TimerTrigger("0 1 2 * * *")] TimerInfo timer, CancellationToken ct)
    {
        var before = (time.GetUtcNow() - LeftBehind).UtcDateTime;
        foreach (var id in await db.RunAsync(tx => tx.QueryAsync<Guid>(SelectOldRechecks, new { Before = before }, ct), ct))
        {
            await RunAsync(id, ct);
        }
    }

    /// <summary>Waits for a moment, redacts what is there, and comes again later when a transaction is still open.</summary>
    /// <returns>How many events were redacted.</returns>
    public async Task<int> RunAsync(Guid id, CancellationToken ct)
    {
        if (await db.RunAsync(tx => tx.QueryOneAsync<Recheck>(RecordOpenTransactions, new { Id = id }, ct), ct) is not { } recheck)
        {
            return 0;
        }

        // asked first: what an ended transaction stored is seen by the statement after it
        var open = await WaitUntilFinishedAsync(recheck, ct);
        var redacted = await db.RunAsync(async tx =>
        {
            var events = await RedactEvents.BySidAsync(tx, recheck.TenantId, recheck.Sids, ct);
            if (!open)
            {
                await tx.ExecuteAsync(DeleteRecheck, new { recheck.Id }, ct);
            }

            return events;
        }, ct);
        if (open)
        {
            await RunLaterAsync(recheck);
        }

        return redacted;
    }

    private async Task<bool> WaitUntilFinishedAsync(Recheck recheck, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        while (await db.RunAsync(tx => tx.QueryOneAsync<bool>(HasOpenTransactions, new { recheck.Transactions }, ct), ct))
        {
            if (time.GetElapsedTime(started) >= MaxWait)
            {
                return true;
            }

            await Task.Delay(Pause, time, ct);
        }

        return false;
    }

    private async Task RunLaterAsync(Recheck recheck)
    {
        var age = time.GetUtcNow() - recheck.CreatedAt;
        var delay = age < MinDelay ? MinDelay : age > MaxDelay ? MaxDelay : age;
        Log.StaysOpen(log, recheck.TenantId, recheck.Id, delay);
        try
        {
            await queues.SendAsync(QueueNames.RecheckErasure, recheck.Id, delay, CancellationToken.None);
        }
        catch (Exception failure) when (failure is RequestFailedException or HttpRequestException or AuthenticationFailedException
            or OperationCanceledException or AggregateException)
        {
            Log.NotScheduled(log, failure, recheck.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Erasure in tenant {TenantId}: a transaction that may have stored a report of the person is still open; recheck {RecheckId} looks again in {Delay}")]
        public static partial void StaysOpen(ILogger log, Guid tenantId, Guid recheckId, TimeSpan delay);

        [LoggerMessage(2, LogLevel.Error, "Recheck {RecheckId} of an erasure could not be put into the queue: it runs at night")]
        public static partial void NotScheduled(ILogger log, Exception failure, Guid recheckId);
    }
}
