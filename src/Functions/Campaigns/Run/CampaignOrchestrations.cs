using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Relais.Platform;

namespace Relais.Campaigns.Run;

/// <summary>The ids that orchestration and activities hand to each other.</summary>
internal sealed record CampaignIds(Guid TenantId, Guid CampaignId);

/// <summary>
/// Starts and wakes the orchestration of a campaign. What is lost here is not lost: the state stands in the database,
/// the orchestration looks again by itself and <see cref="RestartCampaignRuns"/> starts a missing one.
/// </summary>
internal sealed partial class CampaignOrchestrations(ILogger<CampaignOrchestrations> logger)
{
    public static string InstanceId(Guid campaignId) => $"campaign-{campaignId}";

    public async Task ScheduleAsync(DurableTaskClient client, Guid tenantId, Guid campaignId, CancellationToken ct)
    {
        try
        {
            var input = new RunCampaignV1.Input(new CampaignIds(tenantId, campaignId), After: null, Wake: false);
            await client.ScheduleNewOrchestrationInstanceAsync(nameof(RunCampaignV1), input, new StartOrchestrationOptions(InstanceId(campaignId)), ct);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // it runs: that is what was wanted
        }
        catch (RpcException e)
        {
            Log.NotScheduled(logger, e, campaignId);
        }
    }

    public async Task<Result<CampaignState>> NotifyRunAsync(DurableTaskClient client, Result<CampaignState> changed, CancellationToken ct)
    {
        if (changed.Failure is not null || changed.Value.Status == CampaignStatus.Cancelled)
        {
            return changed;
        }

        try
        {
            await client.RaiseEventAsync(InstanceId(changed.Value.Id), RunCampaignV1.Changed, null, ct);
        }
        catch (RpcException e)
        {
            Log.NotNotified(logger, e, changed.Value.Id);
        }

        return changed;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The run of campaign {CampaignId} could not be scheduled; the rescue timer will")]
        public static partial void NotScheduled(ILogger logger, Exception e, Guid campaignId);

        [LoggerMessage(2, LogLevel.Warning, "The run of campaign {CampaignId} could not be told of a change; it will look by itself")]
        public static partial void NotNotified(ILogger logger, Exception e, Guid campaignId);
    }
}
