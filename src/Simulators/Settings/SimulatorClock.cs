namespace Relais.Simulators;

/// <summary>The time as the simulator has it: the real one, and whatever it was put forward.</summary>
internal sealed class SimulatorClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _ahead;

    public TimeProvider Real => time;

    public DateTimeOffset Now => time.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _ahead));

    /// <summary>Since the start, steady, in microseconds.</summary>
    public long Microseconds => (time.GetElapsedTime(_start).Ticks + Volatile.Read(ref _ahead)) / TimeSpan.TicksPerMicrosecond;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);
}
