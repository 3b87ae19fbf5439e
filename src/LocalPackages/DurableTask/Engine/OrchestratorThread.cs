using System.Collections.Concurrent;

namespace Microsoft.DurableTask.Engine;

/// <summary>
/// Runs an orchestrator's code and all its continuations on the one thread that replays it, in the order in which they became ready.
/// </summary>
internal sealed class OrchestratorThread : SynchronizationContext
{
    public const string IllegalAwait =
        "An invalid asynchronous invocation was detected: an orchestrator may await nothing but the tasks of its own context "
        + "(no Task.Delay, no I/O, no Task.Run), and neither may middleware around it.";

    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> ready = new();
    private readonly int thread = Environment.CurrentManagedThreadId;
    private volatile bool closed;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!closed)
        {
            ready.Enqueue((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException(IllegalAwait);

    public override SynchronizationContext CreateCopy() => this;

    public void ThrowIfElsewhere()
    {
        if (closed || Environment.CurrentManagedThreadId != thread)
        {
            throw new InvalidOperationException(IllegalAwait);
        }
    }

    public T Run<T>(Func<T> start)
    {
        T result;
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            result = start();
        }
        finally
        {
            SetSynchronizationContext(before);
        }

        Drain();
        return result;
    }

    /// <summary>Completes a task of the context. Without a current context, so that ConfigureAwait(false) stays on this thread too.</summary>
    public static void Complete(Action completion)
    {
        var before = Current;
        SetSynchronizationContext(null);
        try
        {
            completion();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public void Drain()
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            while (ready.TryDequeue(out var next))
            {
                next.Callback(next.State);
            }
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public void Close() => closed = true;
}
