namespace Microsoft.DurableTask.Engine;

internal static class Clock
{
    /// <summary>Rounded up to microseconds, the unit of the store: a time read back is the time that a replay saw, and never earlier than asked for.</summary>
    public static DateTime Whole(DateTime utc)
    {
        var over = utc.Ticks % TimeSpan.TicksPerMicrosecond;
        return over == 0 ? utc : utc.AddTicks(Math.Min(TimeSpan.TicksPerMicrosecond - over, DateTime.MaxValue.Ticks - utc.Ticks));
    }
}
