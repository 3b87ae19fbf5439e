using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Relais.Platform;

namespace Relais.Campaigns.Run;

/// <summary>Identifies a campaign in the inputs of its orchestration and activities.</summary>
internal sealed record CampaignIds(Guid TenantId, Guid CampaignId);

/// <summary>
/// Starts the orchestration of a campaign and notifies it of changes. A failed call is harmless, because the state is in the database: the
/// orchestration polls it, and <see cref="RestartCampaignRuns"/> starts a missing orchestration.
/// </summary>
internal sealed partial class CampaignOrchestrations(ILogger<CampaignOrchestrations> logger)
{
    public static string InstanceId(Guid campaignId) => $"campaign-{campaignId}";

    public async Task ScheduleAsync(DurableTaskClient client, Guid tenantId, Guid campaignId, CancellationToken ct)
    {
        try
        {
            var input = new RunCampaignV1.Input(new CampaignIds(tenantId, campaignId), After: null, Wake: false);
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(RunCampaignV1), input, new StartOrchestrationOptions(InstanceId(campaignId)), ct);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // The orchestration is already running.
        }
        catch (RpcException e)
        {
            Log.ScheduleFailed(logger, e, campaignId);
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
            Log.NotifyFailed(logger, e, changed.Value.Id);
        }

        return changed;
    }

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning, "The orchestration of campaign {CampaignId} could not be started: the minute timer starts it")]
        public static partial void ScheduleFailed(ILogger logger, Exception e, Guid campaignId);

        [LoggerMessage(
            2, LogLevel.Warning, "The orchestration of campaign {CampaignId} could not be notified of a change: its next poll finds it")]
        public static partial void NotifyFailed(ILogger logger, Exception e, Guid campaignId);
    }
}
