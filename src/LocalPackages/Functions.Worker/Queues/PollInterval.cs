namespace Microsoft.Azure.Functions.Worker.Queues;

/// <summary>The wait between two looks at an empty queue: from 100 ms, twice as long each time, to the limit.</summary>
internal sealed class PollInterval(TimeSpan most)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);
    private TimeSpan next = Least;

    public TimeSpan Next()
    {
        var now = next < most ? next : most;
        next = now * 2;
        return now;
    }

    public void Reset() => next = Least;
}
