using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Queues;
using Relais.Sending.Pump;

namespace Relais.Sending;

/// <summary>What no wake reached: a lost queue message costs a minute, never a message.</summary>
internal sealed partial class SweepSenders(SystemDb db, WorkQueues queues, SendingMetrics measures, TimeProvider time, ILogger<SweepSenders> log)
{
    private const string RequeueOverdueRetries = """
        update messages set status = 'pending', wait_reason = null
        where id in (
          select id from messages where status = 'retry' and due_at < now() - interval '2 minutes' order by due_at limit 1000 for update skip locked)
        """;

    // a message that was put back in the moment in which its campaign closed
    internal const string MoveToSenderStream = """
        update messages m set stream_id = m.sender_id
        from campaigns c
        where c.status = 'finished' and c.finished_at > now() - interval '2 days' and m.stream_id = c.id and m.status = 'pending'
        """;

    // A live pump sees its own work; its wake is for the case that it dies. A tenant whose day is full can send nothing: its senders would be
    // woken in vain every minute (ClaimMessages counts the day in the same way).
    private const string SelectDueSenders = """
        select s.id, extract(epoch from l.lease_until - now())::float8 + 1 as delay
        from senders s
        join tenants t on t.id = s.tenant_id
        left join sender_leases l on l.sender_id = s.id
        where s.account_id is not null and (s.parked_until is null or s.parked_until <= now())
          and (
            t.daily_limit > (
              select coalesce(sum(b.attempts), 0) from tenant_pace_buckets b
              where b.tenant_id = t.id and b.bucket_at > now() - interval '24 hours 6 minutes')
            and exists (
              select from (
                select s.id as id
                union all
                select c.id from campaigns c
                where c.sender_id = s.id and c.status = 'running' and within_hours(c.hours_from, c.hours_to, c.time_zone, now())
              ) stream
              cross join (values (0::smallint), (1::smallint)) as l (lane)
              cross join lateral (
                select due_at from messages where stream_id = stream.id and lane = l.lane and status = 'pending' order by due_at limit 1
              ) m
              where m.due_at <= now())
            or exists (
              select from messages m where m.sender_id = s.id and m.status = 'claimed' and m.claimed_at < now() - interval '1 minute')
          )
        """;

    private const string SelectSendersWithUnknownOutcomes = """
        select s.id from senders s
        where s.account_id is not null
          and exists (select from messages m where m.sender_id = s.id and m.status = 'unknown' and m.claimed_at < now() - @ResolutionDelay)
        """;

    public async Task RunAsync(CancellationToken ct)
    {
        await db.RunAsync(async tx =>
        {
            await tx.ExecuteAsync(RequeueOverdueRetries, null, ct);
            await tx.ExecuteAsync(MoveToSenderStream, null, ct);
        }, ct);
        await FailWithoutAccountAsync(ct);
        var (due, unsettled) = await db.RunAsync(
            async tx => (await SelectDueSendersAsync(tx, ct), await tx.QueryAsync<Guid>(SelectSendersWithUnknownOutcomes, new { ResolutionDelay = SenderPump.UnknownResolutionDelay }, ct)), ct);
        var wakes = due.Select(sender => (Queue: QueueNames.WakeSender, sender.Id, Delay: sender.Delay is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null))
            .Concat(unsettled.Select(sender => (Queue: QueueNames.ResolveUnknownOutcomes, Id: sender, Delay: (TimeSpan?)null)));
        await ForEachIsolated.ForEachAsync(
            wakes,
            maxParallel: 1,
            (wake, token) => queues.SendAsync(wake.Queue, wake.Id, wake.Delay, token),
            (wake, failure) => Log.NotWoken(log, failure, wake.Id),
            ct);
    }

    private async Task FailWithoutAccountAsync(CancellationToken ct)
    {
        var stranded = await db.RunAsync(tx => FailMessagesWithoutAccount.SelectPageAsync(tx, time.GetUtcNow(), ct), ct);
        await BisectFailures.RunGroupAsync(
            stranded,
            moves => db.RunAsync(tx => TransitionMessages.RunAsync(tx, moves, ct), ct),
            (move, failure) =>
            {
                Log.NotEnded(log, failure, move.MessageId);
                measures.MessageNotSettled();
                return Task.CompletedTask;
            },
            ct);
    }

    internal static Task<List<DueSender>> SelectDueSendersAsync(NpgsqlTransaction tx, CancellationToken ct) => tx.QueryAsync<DueSender>(SelectDueSenders, null, ct);

    internal sealed record DueSender
    {
        public required Guid Id { get; init; }

        /// <summary>Seconds until the lease of the present pump runs out; null: nobody holds one.</summary>
        public double? Delay { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Sender {SenderId} could not be woken: the next sweep tries again")]
        public static partial void NotWoken(ILogger log, Exception failure, Guid senderId);

        [LoggerMessage(2, LogLevel.Error, "Message {MessageId} of a sender without an account could not be ended: the next sweep tries again")]
        public static partial void NotEnded(ILogger log, Exception failure, Guid messageId);
    }
}
