using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Relais.Campaigns.Run;

/// <summary>The histories of runs that ended a week ago go; what they did stands in the database.</summary>
internal sealed class PurgeFinishedRuns(TimeProvider time)
{
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(7);

    [Function(nameof(PurgeFinishedRuns))]
    public Task RunAsync([TimerTrigger("0 20 3 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        durable.PurgeAllInstancesAsync(
            new PurgeInstancesFilter(
                CreatedTo: time.GetUtcNow() - KeepFor,
                Statuses: [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated]),
            ct);
}
