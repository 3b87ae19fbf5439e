using Microsoft.DurableTask.Client;
using Relais.Access;
using Relais.Campaigns.Run;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Campaigns;

internal sealed class PauseCampaign(TenantDb db, TimeProvider time, CampaignOrchestrations runs)
{
    private const string SetPaused = """
        update campaigns
        set status = 'paused', status_reason = null
        where id = @Id and status in ('starting', 'running')
        returning status
        """;

    private static readonly StatusChange Change = new("campaign.pause", SetPaused, [CampaignStatus.Paused]);

    public async Task<Result<CampaignState>> RunAsync(Caller caller, Guid id, DurableTaskClient client, CancellationToken ct)
    {
        var result = await db.RunAsync(
            caller.TenantId, tx => ChangeCampaignStatus.RunAsync(tx, caller, Change, id, time.GetUtcNow(), ct), ct);
        return await runs.NotifyRunAsync(client, result, ct);
    }
}
