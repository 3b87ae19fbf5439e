using System.Collections.Concurrent;

namespace Relais.Simulators;

/// <summary>Counts the requests to POST Messages.json, whether accepted or not.</summary>
internal sealed class RequestCounts
{
    private readonly ConcurrentDictionary<int, int> refused = new();
    private int open;
    private int total;
    private int unanswered;

    /// <summary>Requests under way.</summary>
    public int Open => Volatile.Read(ref open);

    public int Total => Volatile.Read(ref total);

    /// <summary>Requests that a fault left without an answer, whether accepted or not.</summary>
    public int Unanswered => Volatile.Read(ref unanswered);

    /// <summary>Refused requests by error code.</summary>
    public IReadOnlyDictionary<int, int> Refused => refused.ToDictionary();

    /// <returns>number of requests under way, this request included</returns>
    public int Begin()
    {
        Interlocked.Increment(ref total);
        return Interlocked.Increment(ref open);
    }

    public void End() => Interlocked.Decrement(ref open);

    public void CountRefused(int code) => refused.AddOrUpdate(code, 1, (_, count) => count + 1);

    public void CountUnanswered() => Interlocked.Increment(ref unanswered);

    public void Clear()
    {
        refused.Clear();
        Volatile.Write(ref total, 0);
        Volatile.Write(ref unanswered, 0);
    }
}
