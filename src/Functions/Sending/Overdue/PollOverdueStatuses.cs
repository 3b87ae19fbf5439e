using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Sending.Pump;

namespace Relais.Sending.Overdue;

/// <summary>
/// Polls the provider for messages whose final callback never arrived, for example because the app was down while the provider repeated it.
/// Oldest messages first, in bounded pages, for up to 48 hours.
/// </summary>
internal sealed partial class PollOverdueStatuses(
    SystemDb db, SenderConnections senders, IMessageLookup provider, SendingOptions options, SendingMetrics metrics, TimeProvider time,
    Random random, ILogger<PollOverdueStatuses> log)
{
    private const int Page = 100;
    private const int MaxPages = 10;

    /// <returns>Messages that now wait for a retry.</returns>
    public async Task<IReadOnlyList<AppliedTransition>> RunAsync(CancellationToken ct)
    {
        var retries = new List<AppliedTransition>();
        for (var page = 0; page < MaxPages && !ct.IsCancellationRequested; page++)
        {
            var overdue = await db.RunAsync(
                tx => tx.QueryAsync<OverdueMessage>(OverdueMessage.MarkPolled, new { After = options.StatusPollAfter, Page }, ct), ct);
            await ForEachIsolated.ForEachAsync(
                overdue.GroupBy(row => row.SenderId),
                maxParallel: 1,
                async (ofSender, token) => retries.AddRange(await PollSenderAsync(ofSender.Key, [.. ofSender], token)),
                (ofSender, failure) => Log.PollFailed(log, failure, ofSender.Key),
                ct);

            if (overdue.Count < Page)
            {
                break;
            }
        }

        return retries;
    }

    private async Task<IReadOnlyList<AppliedTransition>> PollSenderAsync(Guid senderId, List<OverdueMessage> overdue, CancellationToken ct)
    {
        var sender = await senders.FindAsync(senderId, ct);
        var reports = new List<StatusReport>();
        foreach (var message in sender is null ? [] : overdue)
        {
            var listed = await provider.FetchAsync(sender!, message.ProviderSid, ct);
            if (listed is { Status: ListedMessage.NotFound })
            {
                continue;
            }

            if (listed is null)
            {
                // The provider does not answer: the other messages of this sender are polled again later.
                Log.NoAnswer(log, senderId);
                break;
            }

            reports.Add(new StatusReport(
                message.TenantId, Guid.Empty, message.Id, message.Attempt, message.ProviderSid, listed.Status, listed.ErrorCode,
                time.GetUtcNow()));
        }

        var retries = new List<AppliedTransition>();
        await BisectFailures.RunGroupAsync(
            reports,
            async group => retries.AddRange(await ApplyAsync(group, ct)),
            (report, failure) =>
            {
                Log.ApplyFailed(log, failure, report.MessageId);
                metrics.StatusChangeFailed();
                return Task.CompletedTask;
            },
            ct);
        return retries;
    }

    private Task<List<AppliedTransition>> ApplyAsync(IReadOnlyList<StatusReport> reports, CancellationToken ct) => db.RunAsync(async tx =>
    {
        var applied = await ApplyStatusReports.RunAsync(tx, reports, time.GetUtcNow(), random, ct);
        return applied.Transitions.Where(transition => transition.WaitsForRetry).ToList();
    }, ct);

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning, "The provider did not answer about the messages of sender {SenderId}: they are polled again later")]
        public static partial void NoAnswer(ILogger log, Guid senderId);

        [LoggerMessage(2, LogLevel.Error, "The messages of sender {SenderId} could not be polled: they are polled again later")]
        public static partial void PollFailed(ILogger log, Exception failure, Guid senderId);

        [LoggerMessage(3, LogLevel.Error, "The polled status of message {MessageId} could not be applied: it is polled again later")]
        public static partial void ApplyFailed(ILogger log, Exception failure, Guid? messageId);
    }
}
