using System.Collections.Concurrent;

namespace Relais.Simulators;

/// <summary>What came in at POST Messages, accepted or not.</summary>
internal sealed class RequestCounts
{
    private readonly ConcurrentDictionary<int, int> _refused = new();
    private int _open;
    private int _total;
    private int _lost;

    public int Open => Volatile.Read(ref _open);

    public int Total => Volatile.Read(ref _total);

    /// <summary>Hung or cut, before or after acceptance.</summary>
    public int Unanswered => Volatile.Read(ref _lost);

    public IReadOnlyDictionary<int, int> Refused => _refused.ToDictionary();

    /// <returns>how many are open with this one</returns>
    public int Begin()
    {
        Interlocked.Increment(ref _total);
        return Interlocked.Increment(ref _open);
    }

    public void End() => Interlocked.Decrement(ref _open);

    public void CountRefused(int code) => _refused.AddOrUpdate(code, 1, (_, n) => n + 1);

    public void CountUnanswered() => Interlocked.Increment(ref _lost);

    public void Clear()
    {
        _refused.Clear();
        Volatile.Write(ref _total, 0);
        Volatile.Write(ref _lost, 0);
    }
}
