using Relais.Kit;

namespace Functions.Tests.Webhooks;

/// <summary>A clock for tests that moves the wall clock and the monotonic timestamp together.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override DateTimeOffset GetUtcNow() => FixedClock.Start.AddTicks(GetTimestamp());

    public void Step(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
}
