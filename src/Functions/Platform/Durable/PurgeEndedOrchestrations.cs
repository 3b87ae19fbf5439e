using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Relais.Platform.Durable;

/// <summary>
/// Deletes the history of every orchestration one week after its end; the database keeps its results. The bulk purge of Durable Functions
/// is not used: it selects by creation time, and a campaign may run longer than a week.
/// </summary>
internal sealed partial class PurgeEndedOrchestrations(TimeProvider time, ILogger<PurgeEndedOrchestrations> log)
{
    private const int MaxParallel = 16;
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(7);

    // The Consumption plan stops a function after five minutes. The next run purges the remaining instances.
    private static readonly TimeSpan MaxRunTime = TimeSpan.FromMinutes(4);

    [Function(nameof(PurgeEndedOrchestrations))]
    public async Task RunAsync(
        [TimerTrigger("0 */10 3 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        var (started, endedBefore) = (time.GetTimestamp(), time.GetUtcNow() - KeepFor);
        var query = new OrchestrationQuery(
            CreatedTo: endedBefore,
            Statuses: [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated]);
        await foreach (var page in durable.GetAllInstancesAsync(query).AsPages().WithCancellation(ct))
        {
            // An ended orchestration is not updated any more, so its last update is its end.
            var ended = page.Values.Where(instance => instance.LastUpdatedAt <= endedBefore).Select(instance => instance.InstanceId);
            await ForEachIsolated.ForEachAsync(
                ended, MaxParallel, (id, token) => durable.PurgeInstanceAsync(id, token), (id, e) => Log.PurgeFailed(log, e, id), ct);
            if (time.GetElapsedTime(started) > MaxRunTime)
            {
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Could not purge the history of orchestration {InstanceId}; the next run tries again")]
        public static partial void PurgeFailed(ILogger log, Exception e, string instanceId);
    }
}
