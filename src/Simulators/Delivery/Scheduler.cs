namespace Relais.Simulators;

/// <summary>Work that is due at a time, done in the order of the times by one loop.</summary>
internal sealed class Scheduler(SimulatorClock clock) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Action, (DateTimeOffset Due, long Order)> _queue = new();
    private readonly SemaphoreSlim _changed = new(0);
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private long _order;
    private int _running;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count + _running;
            }
        }
    }

    public void Start() => _loop = Task.Run(LoopAsync);

    public void Schedule(DateTimeOffset due, Action work)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = !_queue.TryPeek(out _, out var first) || due < first.Due;
            _queue.Enqueue(work, (due, _order++));
        }

        if (isFirst)
        {
            _changed.Release();
        }
    }

    public void Wake() => _changed.Release();

    public void Clear()
    {
        lock (_gate)
        {
            _queue.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
        _changed.Dispose();
    }

    private async Task LoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var (work, wait) = Take();
            if (work is null)
            {
                await _changed.WaitAsync(wait, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
                continue;
            }

            Do(work);
        }
    }

    // one fault must not end the time of all
    private void Do(Action work)
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
            lock (_gate)
            {
                _running--;
            }
        }
    }

    private (Action? Work, TimeSpan Wait) Take()
    {
        lock (_gate)
        {
            if (!_queue.TryPeek(out var work, out var next))
            {
                return (null, Timeout.InfiniteTimeSpan);
            }

            var wait = next.Due - clock.Now;
            if (wait > TimeSpan.Zero)
            {
                // a whole day is as long as a timer needs to sleep; then it looks again
                return (null, wait < TimeSpan.FromDays(1) ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : TimeSpan.FromDays(1));
            }

            _queue.Dequeue();
            _running++;
            return (work, TimeSpan.Zero);
        }
    }
}
