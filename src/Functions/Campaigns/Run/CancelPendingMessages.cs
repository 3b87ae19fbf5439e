using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Campaigns.Run;

/// <summary>Cancels a page of messages that are pending or wait for a retry. Claimed messages are left to their pump.</summary>
internal sealed partial class CancelPendingMessages(SystemDb db, TimeProvider time, ILogger<CancelPendingMessages> log)
{
    private const int PageSize = 2_000;

    private const string LockPendingMessages = """
        select id, attempt
        from messages
        where campaign_id = @CampaignId and tenant_id = @TenantId and status in ('pending', 'retry')
          and exists (select from campaigns where id = @CampaignId and tenant_id = @TenantId and status = 'cancelling')
        limit @PageSize
        for update skip locked
        """;

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required int Attempt { get; init; }
    }

    [Function(nameof(CancelPendingMessages))]
    public async Task RunAsync([ActivityTrigger] CampaignIds ids, CancellationToken ct)
    {
        var page = await db.RunAsync(tx => tx.QueryAsync<Row>(LockPendingMessages, new { ids.TenantId, ids.CampaignId, PageSize }, ct), ct);
        var now = time.GetUtcNow();
        var failures = new List<Exception>();
        await BisectFailures.RunGroupAsync(
            page.ConvertAll(row => new StatusTransition(row.Id, row.Attempt, MessageStatus.Canceled, now)),
            transitions => db.RunAsync(tx => TransitionMessages.RunAsync(tx, transitions, ct), ct),
            (transition, failure) =>
            {
                failures.Add(failure);
                Log.CancelFailed(log, failure, transition.MessageId);
                return Task.CompletedTask;
            },
            ct);
        if (failures.Count > 0 && failures.Count == page.Count)
        {
            // The orchestration retries a failed activity after a delay.
            throw new InvalidOperationException("No message of the page could be cancelled.", failures[0]);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Message {MessageId} of a cancelled campaign could not be cancelled: it is tried again")]
        public static partial void CancelFailed(ILogger log, Exception failure, Guid messageId);
    }
}
