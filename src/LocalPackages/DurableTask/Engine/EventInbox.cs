namespace Microsoft.DurableTask.Engine;

/// <summary>External events of one run: waits that are open, and events that came before their wait.</summary>
internal sealed class EventInbox
{
    private readonly Dictionary<string, List<Waiter>> waits = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Queue<Buffered>> buffered = new(StringComparer.OrdinalIgnoreCase);
    private int arrivals;

    public int OpenWaits => waits.Values.Sum(list => list.Count);

    /// <summary>Events that nobody took, in the order of their arrival.</summary>
    public IReadOnlyList<(string Name, string? Payload)> Unprocessed =>
        [.. buffered.Values.SelectMany(queue => queue).OrderBy(e => e.Order).Select(e => (e.Name, e.Payload))];

    public Task<T> Receive<T>(string name, CancellationToken token)
    {
        var wait = new Waiter<T>();
        if (buffered.TryGetValue(name, out var queue) && queue.TryDequeue(out var early))
        {
            wait.Complete(early.Payload);
            return wait.Task;
        }

        if (!waits.TryGetValue(name, out var list))
        {
            waits[name] = list = [];
        }

        list.Add(wait);
        token.Register(() => OrchestratorThread.Complete(() =>
        {
            list.Remove(wait);
            wait.Cancel(token);
        }));
        return wait.Task;
    }

    public void Raise(string name, string? payload)
    {
        // The latest wait is served first, as the published engine does it: an abandoned earlier one then takes nothing away.
        if (waits.TryGetValue(name, out var list) && list.Count > 0)
        {
            var wait = list[^1];
            list.RemoveAt(list.Count - 1);
            wait.Complete(payload);
            return;
        }

        if (!buffered.TryGetValue(name, out var queue))
        {
            buffered[name] = queue = new();
        }

        queue.Enqueue(new(arrivals++, name, payload));
    }

    private sealed record Buffered(int Order, string Name, string? Payload);

    private abstract class Waiter
    {
        public abstract void Complete(string? payload);
    }

    private sealed class Waiter<T> : Waiter
    {
        private readonly TaskCompletionSource<T> source = new();

        public Task<T> Task => source.Task;

        public override void Complete(string? payload)
        {
            var value = Json.Read<T>(payload);
            OrchestratorThread.Complete(() => source.TrySetResult(value));
        }

        public void Cancel(CancellationToken token) => source.TrySetCanceled(token);
    }
}
