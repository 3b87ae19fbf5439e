using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Queues;
using Relais.Sending.Pump;

namespace Relais.Sending;

/// <summary>
/// Runs each minute: requeues overdue retries and wakes every sender that has due work or unknown outcomes. A lost queue message therefore
/// delays sending by a minute and loses no message.
/// </summary>
internal sealed partial class SweepSenders(
    SystemDb db, WorkQueues queues, SendingMetrics metrics, TimeProvider time, ILogger<SweepSenders> log)
{
    // A message may be requeued at the moment when its campaign closes. No pump claims from the stream of a finished campaign, so the
    // message moves to the sender's own stream.
    internal const string MoveToSenderStream = """
        with stranded as materialized (
          select m.id
          from campaigns c
          cross join lateral (
            select id from messages where stream_id = c.id and status = 'pending' order by lane, due_at, id limit 1000
          ) m
          where c.status = 'finished' and c.finished_at > now() - interval '2 days'
        )
        update messages set stream_id = sender_id where id = any(array(select id from stranded)) and status = 'pending'
        """;

    public async Task RunAsync(CancellationToken ct)
    {
        await db.RunAsync(async tx =>
        {
            await tx.ExecuteAsync(SweepSendersSql.RequeueOverdueRetries, null, ct);
            await tx.ExecuteAsync(MoveToSenderStream, null, ct);
        }, ct);
        await FailWithoutAccountAsync(ct);
        var (due, withUnknownOutcomes) = await db.RunAsync(
            async tx => (await SelectDueSendersAsync(tx, ct), await SelectSendersWithUnknownOutcomesAsync(tx, ct)), ct);
        var wakes = due
            .Select(sender => (
                Queue: QueueNames.WakeSender,
                sender.Id,
                Delay: sender.Delay is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null))
            .Concat(withUnknownOutcomes.Select(
                senderId => (Queue: QueueNames.ResolveUnknownOutcomes, Id: senderId, Delay: (TimeSpan?)null)));
        await ForEachIsolated.ForEachAsync(
            wakes,
            maxParallel: 1,
            (wake, token) => queues.SendAsync(wake.Queue, wake.Id, wake.Delay, token),
            (wake, failure) => Log.WakeFailed(log, failure, wake.Id),
            ct);
    }

    private async Task FailWithoutAccountAsync(CancellationToken ct)
    {
        var page = await db.RunAsync(tx => FailMessagesWithoutAccount.SelectPageAsync(tx, time.GetUtcNow(), ct), ct);
        await BisectFailures.RunGroupAsync(
            page,
            transitions => db.RunAsync(tx => TransitionMessages.RunAsync(tx, transitions, ct), ct),
            (transition, failure) =>
            {
                Log.FailWithoutAccountFailed(log, failure, transition.MessageId);
                metrics.StatusChangeFailed();
                return Task.CompletedTask;
            },
            ct);
    }

    internal static Task<List<DueSender>> SelectDueSendersAsync(NpgsqlTransaction tx, CancellationToken ct) =>
        tx.QueryAsync<DueSender>(SweepSendersSql.SelectDueSenders, null, ct);

    private static Task<List<Guid>> SelectSendersWithUnknownOutcomesAsync(NpgsqlTransaction tx, CancellationToken ct) =>
        tx.QueryAsync<Guid>(
            SweepSendersSql.SelectSendersWithUnknownOutcomes, new { ResolutionDelay = SenderPump.UnknownResolutionDelay }, ct);

    internal sealed record DueSender
    {
        public required Guid Id { get; init; }

        /// <summary>Seconds until the lease of the current pump has expired; null when no pump holds a lease.</summary>
        public double? Delay { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Sender {SenderId} could not be woken: the next sweep tries again")]
        public static partial void WakeFailed(ILogger log, Exception failure, Guid senderId);

        [LoggerMessage(
            2, LogLevel.Error, "Message {MessageId}, whose sender has no account, could not be set to failed: the next sweep tries again")]
        public static partial void FailWithoutAccountFailed(ILogger log, Exception failure, Guid messageId);
    }
}
