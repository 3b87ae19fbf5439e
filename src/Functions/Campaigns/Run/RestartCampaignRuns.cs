using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Campaigns.Run;

/// <summary>Every minute: a campaign that should run and whose orchestration is missing or has failed gets a new one.</summary>
internal sealed partial class RestartCampaignRuns(SystemDb db, CampaignOrchestrations runs, ILogger<RestartCampaignRuns> logger)
{
    private const int PageSize = 200;

    private const string SelectActiveCampaigns = """
        select id, tenant_id
        from campaigns
        where status in ('starting', 'running', 'paused', 'cancelling') and id > @After
        order by id
        limit @PageSize
        """;

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
    }

    [Function(nameof(RestartCampaignRuns))]
    public async Task RunAsync([TimerTrigger("30 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var after = Guid.Empty;
        List<Row> page;
        do
        {
            page = await db.RunAsync(tx => tx.QueryAsync<Row>(SelectActiveCampaigns, new { After = after, PageSize }, ct), ct);
            await ForEachIsolated.ForEachAsync(
                page, maxParallel: 1, (campaign, token) => RescueAsync(campaign, client, token), (campaign, e) => Log.Failed(logger, e, campaign.Id), ct);
            after = page.Count > 0 ? page[^1].Id : after;
        }
        while (page.Count == PageSize);
    }

    private async Task RescueAsync(Row campaign, DurableTaskClient client, CancellationToken ct)
    {
        var instance = await client.GetInstanceAsync(CampaignOrchestrations.InstanceId(campaign.Id), ct);
        if (instance is { IsCompleted: false })
        {
            return;
        }

        Log.Rescued(logger, campaign.Id, instance?.RuntimeStatus.ToString() ?? "missing");
        await runs.ScheduleAsync(client, campaign.TenantId, campaign.Id, ct);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Campaign {CampaignId} gets a new run: the last one is {Status}")]
        public static partial void Rescued(ILogger logger, Guid campaignId, string status);

        [LoggerMessage(2, LogLevel.Error, "Campaign {CampaignId} could not be given a new run")]
        public static partial void Failed(ILogger logger, Exception e, Guid campaignId);
    }
}
