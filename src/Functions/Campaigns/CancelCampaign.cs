using Microsoft.DurableTask.Client;
using Relais.Access;
using Relais.Campaigns.Run;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Campaigns;

internal sealed class CancelCampaign(TenantDb db, TimeProvider time, CampaignOrchestrations runs)
{
    private const string SetCancelling = """
        update campaigns
        set status = case status when 'draft' then 'cancelled' else 'cancelling' end,
            finished_at = case status when 'draft' then @Now end
        where id = @Id and status in ('draft', 'starting', 'running', 'paused')
        returning status
        """;

    private static readonly StatusChange Change = new(
        "campaign.cancel", SetCancelling, [CampaignStatus.Cancelling, CampaignStatus.Cancelled]);

    public async Task<Result<CampaignState>> RunAsync(Caller caller, Guid id, DurableTaskClient client, CancellationToken ct)
    {
        var result = await db.RunAsync(
            caller.TenantId, tx => ChangeCampaignStatus.RunAsync(tx, caller, Change, id, time.GetUtcNow(), ct), ct);
        return await runs.NotifyRunAsync(client, result, ct);
    }
}
