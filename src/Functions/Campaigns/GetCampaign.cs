using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Campaigns;

internal sealed class GetCampaign(TenantDb db)
{
    private const string SelectCampaign = $"select {CampaignRow.Columns} from campaigns where id = @Id";

    public Task<Result<CampaignView>> RunAsync(Guid tenantId, Guid id, CancellationToken ct) =>
        db.RunAsync<Result<CampaignView>>(tenantId, async tx =>
        {
            var row = await tx.QueryOneAsync<CampaignRow>(SelectCampaign, new { Id = id }, ct);
            return row is null
                ? CampaignFailures.NotFound()
                : row.ToView(CampaignTotals.From(await CampaignCounters.ReadAsync(tx, id, ct)));
        }, ct);
}
