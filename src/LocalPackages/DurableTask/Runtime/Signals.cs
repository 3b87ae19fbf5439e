using System.Collections.Concurrent;

namespace Microsoft.DurableTask.Runtime;

/// <summary>Lets clients of this process wait for the next change of an instance.</summary>
internal sealed class Signals
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> waiting = new();

    public Task Next(string id) =>
        waiting.GetOrAdd(id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Changed(string id)
    {
        if (waiting.TryRemove(id, out var source))
        {
            source.TrySetResult();
        }
    }

    public void AllChanged()
    {
        foreach (var id in waiting.Keys)
        {
            Changed(id);
        }
    }
}
