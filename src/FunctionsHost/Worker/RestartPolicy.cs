namespace FunctionsHost;

/// <summary>Decides whether and when a worker that ended is started again.</summary>
internal sealed class RestartPolicy(IReadOnlyList<TimeSpan> pauses, TimeSpan window)
{
    private readonly Queue<DateTimeOffset> ends = new();

    /// <summary>Null: the worker ended too often within the window.</summary>
    public TimeSpan? PauseAfterEnd(DateTimeOffset now)
    {
        while (ends.TryPeek(out var oldest) && now - oldest >= window)
        {
            ends.Dequeue();
        }

        ends.Enqueue(now);
        return ends.Count <= pauses.Count ? pauses[ends.Count - 1] : null;
    }
}
