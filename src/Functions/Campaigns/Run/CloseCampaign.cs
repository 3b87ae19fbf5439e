using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Campaigns.Run;

/// <summary>Closes a campaign and stores its current statistics. Does nothing when it is already closed.</summary>
internal sealed class CloseCampaign(TenantDb db, TimeProvider time)
{
    private const string LockStartedAt = """
        select started_at from campaigns where id = @CampaignId and status in ('running', 'cancelling') for no key update
        """;

    private const string SetFinished = """
        update campaigns
        set status = case status when 'cancelling' then 'cancelled' else 'finished' end,
            finished_at = @Now,
            statistics = @Statistics::jsonb
        where id = @CampaignId and status in ('running', 'cancelling')
        """;

    [Function(nameof(CloseCampaign))]
    public Task RunAsync([ActivityTrigger] CampaignIds ids, CancellationToken ct) =>
        db.RunAsync(ids.TenantId, async tx =>
        {
            var startedAt = await tx.QueryOneAsync<DateTime?>(LockStartedAt, new { ids.CampaignId }, ct);
            if (startedAt is null)
            {
                return;
            }

            var now = time.GetUtcNow();
            var progress = CampaignTotals.From(await CampaignCounters.ReadAsync(tx, ids.CampaignId, ct));
            var statistics = Json.Write(CampaignStatistics.From(progress, startedAt, now));
            await tx.ExecuteAsync(SetFinished, new { ids.CampaignId, Now = now.UtcDateTime, Statistics = statistics }, ct);
        }, ct);
}
