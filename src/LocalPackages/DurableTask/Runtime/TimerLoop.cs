using Microsoft.DurableTask.Store;

namespace Microsoft.DurableTask.Runtime;

/// <summary>Sleeps until the earliest timer of the hub is due. Waiting timers are rows and nothing else.</summary>
internal sealed class TimerLoop(Hub hub) : IDisposable
{
    private readonly Latch earlier = new();
    private long next = DateTime.MaxValue.Ticks;

    /// <summary>Tells of a timer that was made.</summary>
    public void Made(DateTime due)
    {
        if (due.Ticks < Volatile.Read(ref next))
        {
            earlier.Set();
        }
    }

    public async Task TurnAsync(CancellationToken cancellation)
    {
        // Whoever makes a timer while the database is asked must be heard.
        Volatile.Write(ref next, DateTime.MaxValue.Ticks);
        var (fired, due) = await FireTimers.ExecuteAsync(hub.Db, hub.Now, cancellation);
        Volatile.Write(ref next, (due ?? DateTime.MaxValue).Ticks);
        foreach (var id in fired)
        {
            hub.Dispatcher.Wake(id);
        }

        if (fired.Count == FireTimers.AtOnce)
        {
            return;
        }

        var wait = hub.Options.LookAround;
        if (due is { } at && at - hub.Now < wait)
        {
            wait = TimeSpan.FromMilliseconds(Math.Ceiling((at - hub.Now).TotalMilliseconds));
        }

        if (wait > TimeSpan.Zero)
        {
            await earlier.WaitAsync(wait, hub.Time, cancellation);
        }
    }

    public void Dispose() => earlier.Dispose();
}
