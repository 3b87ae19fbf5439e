using System.Collections.Concurrent;

namespace LocalPackages.Tests.Worker;

/// <summary>What the functions of one app say that they saw.</summary>
public sealed class Journal
{
    private readonly ConcurrentQueue<string> lines = [];

    public IReadOnlyList<string> Lines => [.. lines];

    public void Add(string line) => lines.Enqueue(line);

    public int Count(string line) => lines.Count(l => l == line);
}
