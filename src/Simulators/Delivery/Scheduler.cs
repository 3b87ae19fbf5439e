namespace Relais.Simulators;

/// <summary>Runs work at scheduled times of the simulator's clock, one item after another.</summary>
internal sealed class Scheduler(SimulatorClock clock) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<Action, (DateTimeOffset Due, long Order)> queue = new();
    private readonly SemaphoreSlim changed = new(0);
    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;
    private long nextOrder;
    private int running;

    /// <summary>Work that is scheduled or running.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return queue.Count + running;
            }
        }
    }

    public void Start() => loop = Task.Run(LoopAsync);

    public void Schedule(DateTimeOffset due, Action work)
    {
        bool isFirst;
        lock (gate)
        {
            isFirst = !queue.TryPeek(out _, out var first) || due < first.Due;
            queue.Enqueue(work, (due, nextOrder++));
        }

        if (isFirst)
        {
            changed.Release();
        }
    }

    /// <summary>Checks for due work after the clock was put forward.</summary>
    public void Wake() => changed.Release();

    public void Clear()
    {
        lock (gate)
        {
            queue.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        stop.Dispose();
        changed.Dispose();
    }

    private async Task LoopAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            var (work, wait) = DequeueDue();
            if (work is null)
            {
                await changed.WaitAsync(wait, stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
                continue;
            }

            Run(work);
        }
    }

    // An exception of one item must not end the loop, which runs the work of all messages.
    private void Run(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
        }
        finally
        {
            lock (gate)
            {
                running--;
            }
        }
    }

    private (Action? Work, TimeSpan Wait) DequeueDue()
    {
        lock (gate)
        {
            if (!queue.TryPeek(out var work, out var next))
            {
                return (null, Timeout.InfiniteTimeSpan);
            }

            var wait = next.Due - clock.Now;
            if (wait > TimeSpan.Zero)
            {
                // Wait one day at most, because a timer cannot wait for very long times; then check again.
                return (null, wait < TimeSpan.FromDays(1)
                    ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds))
                    : TimeSpan.FromDays(1));
            }

            queue.Dequeue();
            running++;
            return (work, TimeSpan.Zero);
        }
    }
}
