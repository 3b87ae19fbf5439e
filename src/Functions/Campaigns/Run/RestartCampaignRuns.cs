using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Campaigns.Run;

/// <summary>Each minute starts a new orchestration for every active campaign whose orchestration is missing or has ended.</summary>
internal sealed partial class RestartCampaignRuns(SystemDb db, CampaignOrchestrations runs, ILogger<RestartCampaignRuns> logger)
{
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
    public Task RunAsync(
        [TimerTrigger("30 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        ForEachIsolated.ForEachPageAsync<Row>(
            last => SelectPageAsync(last?.Id ?? Guid.Empty, ct),
            maxParallel: 1,
            (campaign, token) => RestartAsync(campaign, client, token),
            (campaign, e) => Log.RestartFailed(logger, e, campaign.Id),
            ct);

    private Task<List<Row>> SelectPageAsync(Guid after, CancellationToken ct) =>
        db.RunAsync(tx => tx.QueryAsync<Row>(SelectActiveCampaigns, new { After = after, ForEachIsolated.PageSize }, ct), ct);

    private async Task RestartAsync(Row campaign, DurableTaskClient client, CancellationToken ct)
    {
        var instance = await client.GetInstanceAsync(CampaignOrchestrations.InstanceId(campaign.Id), ct);
        if (instance is { IsCompleted: false })
        {
            return;
        }

        Log.Restarting(logger, campaign.Id, instance?.RuntimeStatus.ToString() ?? "missing");
        await runs.ScheduleAsync(client, campaign.TenantId, campaign.Id, ct);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Restarting the orchestration of campaign {CampaignId}: the previous instance is {Status}")]
        public static partial void Restarting(ILogger logger, Guid campaignId, string status);

        [LoggerMessage(2, LogLevel.Error, "The orchestration of campaign {CampaignId} could not be restarted: the next run tries again")]
        public static partial void RestartFailed(ILogger logger, Exception e, Guid campaignId);
    }
}
