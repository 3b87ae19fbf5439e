using System.Diagnostics;

namespace Relais.Benchmarks;

/// <summary>The throughput and the latencies of a load.</summary>
internal sealed record LoadResult(string Name, int Connections, int Count, TimeSpan Took, TimeSpan Median, TimeSpan P99, int Failures)
{
    public double PerSecond => Count / Took.TotalSeconds;

    public override string ToString() =>
        $"{Name,-34} {Connections,3} at once  {PerSecond,8:N0}/s   " +
        $"median {Median.TotalMilliseconds,6:N2} ms   p99 {P99.TotalMilliseconds,7:N2} ms" +
        $"{(Failures > 0 ? $"   {Failures} FAILED" : "")}";
}

/// <summary>Makes a number of calls over a number of concurrent loops, and measures each call.</summary>
internal static class Load
{
    /// <param name="connections">number of concurrent loops</param>
    /// <param name="count">number of calls in total</param>
    /// <param name="call">makes the call with the given index; returns false when it failed</param>
    public static async Task<LoadResult> RunAsync(string name, int connections, int count, Func<int, Task<bool>> call)
    {
        var next = -1;
        var failures = 0;
        var times = new TimeSpan[count];
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            for (int index; (index = Interlocked.Increment(ref next)) < count;)
            {
                var callStart = Stopwatch.GetTimestamp();
                if (!await call(index))
                {
                    Interlocked.Increment(ref failures);
                }

                times[index] = Stopwatch.GetElapsedTime(callStart);
            }
        })));
        var took = Stopwatch.GetElapsedTime(start);
        Array.Sort(times);
        return new LoadResult(name, connections, count, took, times[count / 2], times[(int)(count * 0.99)], failures);
    }
}
