using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Campaigns.Run;

/// <summary>Cancels a page of the messages that nobody has in hand.</summary>
internal sealed class CancelPending(SystemDb db, TimeProvider time)
{
    private const int PageSize = 2_000;

    private const string Page = """
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

    [Function(nameof(CancelPending))]
    public Task RunAsync([ActivityTrigger] CampaignIds ids, CancellationToken ct) =>
        db.RunAsync(async tx =>
        {
            var page = await tx.QueryAsync<Row>(Page, new { ids.TenantId, ids.CampaignId, PageSize }, ct);
            var now = time.GetUtcNow();
            await MoveMessages.RunAsync(tx, [.. page.Select(row => new Move(row.Id, row.Attempt, "canceled", now))], ct);
        }, ct);
}
