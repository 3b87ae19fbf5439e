using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Store;

namespace Microsoft.DurableTask.Runtime;

internal static class InstanceWait
{
    /// <summary>Waits for an instance, also for one that is not there yet. Woken by its steps; looks by itself now and then.</summary>
    public static async Task<OrchestrationMetadata> UntilAsync(
        Hub hub, string id, bool payloads, Func<OrchestrationMetadata, bool> reached, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        await hub.Ready.WaitAsync(cancellation);
        while (true)
        {
            var next = hub.Changes.Next(id);
            if (await hub.Outages.InsistAsync(token => LookAsync(hub, id, payloads, token), cancellation) is { } found && reached(found))
            {
                hub.Changes.Changed(id);
                return found;
            }

            try
            {
                await next.WaitAsync(hub.Options.LookAround, hub.Time, cancellation);
            }
            catch (TimeoutException)
            {
                // Nothing was heard: look.
            }
            catch (TaskCanceledException e)
            {
                hub.Changes.Changed(id);
                throw new OperationCanceledException("The wait for the instance was cancelled.", e, cancellation);
            }
        }
    }

    private static async Task<OrchestrationMetadata?> LookAsync(Hub hub, string id, bool payloads, CancellationToken cancellation)
    {
        if (!hub.Membership.Alone)
        {
            await Control.WatchAsync(hub.Db, id, cancellation);
        }

        return await ReadInstances.OneAsync(hub.Db, id, payloads, cancellation);
    }
}
