using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Sending.Pump;

namespace Relais.Sending.Overdue;

/// <summary>
/// Callbacks get lost: while the app is down nobody repeats them for long. Messages that the provider took and never closed are
/// asked for, oldest first, in bounded pages, until they are too old to matter.
/// </summary>
internal sealed partial class PollOverdueStatuses(
    SystemDb db, SenderConnections senders, IMessageLookup provider, SendingOptions options, SendingMetrics measures, TimeProvider time,
    Random random, ILogger<PollOverdueStatuses> log)
{
    private const int Page = 100;
    private const int MaxPages = 10;

    // taking the page and marking it asked is one step: two instances do not ask for the same messages
    private const string MarkPolled = """
        with overdue as (
          select id from messages
          where direction = 'out' and status in ('accepted', 'scheduled', 'queued', 'sending', 'sent') and provider_sid is not null
            and claimed_at < now() - @After and claimed_at > now() - interval '48 hours'
            and (polled_at is null or polled_at < now() - @After)
          order by claimed_at
          limit @Page
          for update skip locked
        )
        update messages m set polled_at = now()
        from overdue o
        where m.id = any(array[o.id])
        returning m.id, m.tenant_id, m.sender_id, m.attempt, m.provider_sid
        """;

    /// <returns>Messages that now wait for a retry.</returns>
    public async Task<IReadOnlyList<AppliedTransition>> RunAsync(CancellationToken ct)
    {
        var retries = new List<AppliedTransition>();
        for (var page = 0; page < MaxPages && !ct.IsCancellationRequested; page++)
        {
            var overdue = await db.RunAsync(tx => tx.QueryAsync<OverdueRow>(MarkPolled, new { After = options.StatusPollAfter, Page }, ct), ct);
            await ForEachIsolated.ForEachAsync(
                overdue.GroupBy(row => row.SenderId),
                maxParallel: 1,
                async (ofSender, token) => retries.AddRange(await PollSenderAsync(ofSender.Key, [.. ofSender], token)),
                (ofSender, failure) => Log.NotAsked(log, failure, ofSender.Key),
                ct);

            if (overdue.Count < Page)
            {
                break;
            }
        }

        return retries;
    }

    private async Task<IReadOnlyList<AppliedTransition>> PollSenderAsync(Guid senderId, List<OverdueRow> overdue, CancellationToken ct)
    {
        var sender = await senders.FindAsync(senderId, ct);
        var reports = new List<StatusReport>();
        foreach (var message in sender is null ? [] : overdue)
        {
            var found = await provider.FetchAsync(sender!, message.ProviderSid, ct);
            if (found is { Status: ListedMessage.NotFound })
            {
                continue;
            }

            if (found is null)
            {
                // the provider is busy or away: the rest of this sender waits for its next turn
                Log.NoAnswer(log, senderId);
                break;
            }

            reports.Add(new StatusReport(
                message.TenantId, Guid.Empty, message.Id, message.Attempt, message.ProviderSid, found.Status, found.ErrorCode, time.GetUtcNow()));
        }

        var retries = new List<AppliedTransition>();
        await BisectFailures.RunGroupAsync(
            reports,
            async group => retries.AddRange(await ApplyAsync(group, ct)),
            (report, failure) =>
            {
                Log.NotApplied(log, failure, report.MessageId);
                measures.MessageNotSettled();
                return Task.CompletedTask;
            },
            ct);
        return retries;
    }

    private Task<List<AppliedTransition>> ApplyAsync(IReadOnlyList<StatusReport> reports, CancellationToken ct) => db.RunAsync(async tx =>
    {
        var applied = await ApplyStatusUpdates.RunAsync(tx, reports, time.GetUtcNow(), random, ct);
        return applied.Transitions.Where(move => move.WaitsForRetry).ToList();
    }, ct);

    private sealed record OverdueRow
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required Guid SenderId { get; init; }
        public required int Attempt { get; init; }
        public required string ProviderSid { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The provider gave no answer about the messages of sender {SenderId}: asked again later")]
        public static partial void NoAnswer(ILogger log, Guid senderId);

        [LoggerMessage(2, LogLevel.Error, "The messages of sender {SenderId} could not be asked for: tried again later")]
        public static partial void NotAsked(ILogger log, Exception failure, Guid senderId);

        [LoggerMessage(3, LogLevel.Error, "What the provider said about message {MessageId} could not be applied: asked again later")]
        public static partial void NotApplied(ILogger log, Exception failure, Guid? messageId);
    }
}
