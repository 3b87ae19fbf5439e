using Microsoft.DurableTask.Client;
using Relais.Campaigns.Run;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Campaigns;

internal sealed class PauseCampaign(TenantDb db, TimeProvider time, CampaignRuns runs)
{
    private const string Pause = """
        update campaigns
        set status = 'paused', status_reason = null
        where id = @Id and status in ('starting', 'running')
        returning status
        """;

    private static readonly string[] Paused = [CampaignStatus.Paused];

    public async Task<Result<CampaignState>> RunAsync(Guid tenantId, Guid id, DurableTaskClient client, CancellationToken ct)
    {
        var result = await db.RunAsync(tenantId, tx => CampaignStatus.ChangeAsync(tx, Pause, id, time.GetUtcNow(), Paused, ct), ct);
        return await runs.TellAsync(client, result, ct);
    }
}
