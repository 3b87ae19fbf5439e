using Microsoft.DurableTask.Client;
using Relais.Access;
using Relais.Campaigns.Run;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Campaigns;

internal sealed class ResumeCampaign(TenantDb db, TimeProvider time, CampaignOrchestrations runs)
{
    // Message 2 is in the sender's own stream, and its claims were postponed while the campaign was paused. It becomes due now.
    private const string SetResumed = """
        with resumed as (
          update campaigns
          set status = case when frozen_at is null then 'starting' else 'running' end, status_reason = null
          where id = @Id and status = 'paused'
          returning id, status
        ),
        due as (
          update messages m set due_at = now(), wait_reason = null
          from resumed r
          where m.campaign_id = r.id and m.status = 'pending' and m.wait_reason = 'paused'
        )
        select status from resumed
        """;

    private static readonly StatusChange Change = new("campaign.resume", SetResumed, [CampaignStatus.Starting, CampaignStatus.Running]);

    public async Task<Result<CampaignState>> RunAsync(Caller caller, Guid id, DurableTaskClient client, CancellationToken ct)
    {
        var result = await db.RunAsync(
            caller.TenantId, tx => ChangeCampaignStatus.RunAsync(tx, caller, Change, id, time.GetUtcNow(), ct), ct);
        return await runs.NotifyRunAsync(client, result, ct);
    }
}
