using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Relais.Platform.Durable;

/// <summary>
/// Deletes the history of each orchestration, of whatever module, a week after its end; what it did stands in the database. The engine's own bulk purge
/// selects by the time of creation, and a campaign may run longer than a week.
/// </summary>
internal sealed partial class PurgeEndedOrchestrations(TimeProvider time, ILogger<PurgeEndedOrchestrations> log)
{
    private const int AtOnce = 16;
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(7);

    // short enough for a plan that stops functions after five minutes; the next run does what is left
    private static readonly TimeSpan MaxRunTime = TimeSpan.FromMinutes(4);

    [Function(nameof(PurgeEndedOrchestrations))]
    public async Task RunAsync([TimerTrigger("0 */10 3 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        var (begun, before) = (time.GetTimestamp(), time.GetUtcNow() - KeepFor);
        var created = new OrchestrationQuery(
            CreatedTo: before,
            Statuses: [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated]);
        await foreach (var page in durable.GetAllInstancesAsync(created).AsPages().WithCancellation(ct))
        {
            // the last update of an orchestration that is over is its end
            var ended = page.Values.Where(instance => instance.LastUpdatedAt <= before).Select(instance => instance.InstanceId);
            await ForEachIsolated.ForEachAsync(
                ended, AtOnce, (id, token) => durable.PurgeInstanceAsync(id, token), (id, e) => Log.NotPurged(log, e, id), ct);
            if (time.GetElapsedTime(begun) > MaxRunTime)
            {
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The history of orchestration {InstanceId} could not be purged")]
        public static partial void NotPurged(ILogger log, Exception e, string instanceId);
    }
}
