namespace Relais.Simulators;

/// <summary>The simulator's clock: the real time plus the time by which it was put forward.</summary>
internal sealed class SimulatorClock(TimeProvider time)
{
    private readonly long start = time.GetTimestamp();
    private long advancedTicks;

    public TimeProvider Real => time;

    public DateTimeOffset Now => time.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref advancedTicks));

    /// <summary>Microseconds since the start, from a monotonic clock.</summary>
    public long Microseconds => (time.GetElapsedTime(start).Ticks + Volatile.Read(ref advancedTicks)) / TimeSpan.TicksPerMicrosecond;

    public void Advance(TimeSpan by) => Interlocked.Add(ref advancedTicks, by.Ticks);
}
