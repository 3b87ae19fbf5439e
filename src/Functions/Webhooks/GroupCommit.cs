using System.Collections.Concurrent;
using Npgsql;

namespace Relais.Webhooks;

/// <summary>
/// Many callers, few transactions: each call waits until the group it rode in is committed. A caller starts the work and nobody
/// waits for company, so a single event costs no delay, and a crowd shares commits.
/// </summary>
internal sealed partial class GroupCommit(EventStore store, ILogger<GroupCommit> log)
{
    private const int MaxGroup = 200;
    private const int MaxDrainers = 2;
    private readonly ConcurrentQueue<Waiting> queue = new();
    private int drainers;

    public Task<StoredEvent> StoreAsync(WebhookEvent one, CancellationToken ct)
    {
        var waiting = new Waiting(one);
        queue.Enqueue(waiting);
        StartDrainer();
        return waiting.Done.Task.WaitAsync(ct);
    }

    private void StartDrainer()
    {
        if (Interlocked.Increment(ref drainers) <= MaxDrainers)
        {
            _ = Task.Run(DrainAsync);
        }
        else
        {
            Interlocked.Decrement(ref drainers);
        }
    }

    private async Task DrainAsync()
    {
        while (true)
        {
            var group = new List<Waiting>();
            while (group.Count < MaxGroup && queue.TryDequeue(out var next))
            {
                group.Add(next);
            }

            if (group.Count > 0)
            {
                await CommitAsync(group);
                continue;
            }

            Interlocked.Decrement(ref drainers);
            if (!queue.IsEmpty)
            {
                StartDrainer();
            }

            return;
        }
    }

    private async Task CommitAsync(List<Waiting> group)
    {
        try
        {
            var stored = await store.RunAsync([.. group.Select(waiting => waiting.Event)], CancellationToken.None);
            group.ForEach(waiting => waiting.Done.TrySetResult(stored[waiting.Event.Id]));
        }
        catch (PostgresException failure) when (group.Count > 1 && !failure.IsTransient)
        {
            // one bad event must not fail its company
            Log.GroupFailed(log, failure, group.Count);
            foreach (var waiting in group)
            {
                await CommitAsync([waiting]);
            }
        }
        catch (Exception failure)
        {
            group.ForEach(waiting => waiting.Done.TrySetException(failure));
        }
    }

    private sealed record Waiting(WebhookEvent Event)
    {
        public TaskCompletionSource<StoredEvent> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A group of {Count} events failed: stored one by one")]
        public static partial void GroupFailed(ILogger log, Exception failure, int count);
    }
}
