namespace FunctionsHost;

/// <summary>
/// Every setting outside host.json that decides how soon work goes on after the worker or the host was killed (SIGKILL): within a
/// minute. The real host takes five minutes for Durable work and ten for queue messages.
/// </summary>
internal static class Recovery
{
    /// <summary>
    /// How long a Durable message stays hidden after its host was killed. host.json accepts no control queue timeout under a
    /// minute, and only the host process can set less. The extension renews the message while its work runs.
    /// </summary>
    public static TimeSpan DurableLease => TimeSpan.FromSeconds(20);

    /// <summary>How long a queue message stays hidden after its host was killed, instead of ten minutes; renewed at half of that.</summary>
    public static TimeSpan QueueLease => TimeSpan.FromSeconds(30);

    /// <summary>How long the lock of a timer outlives its host. Storage accepts no blob lease under 15 s.</summary>
    public static TimeSpan TimerLease => TimeSpan.FromSeconds(15);

    /// <summary>How often its holder renews the lock of a timer, and how often the other hosts try to take it.</summary>
    public static TimeSpan TimerLeasePoll => TimeSpan.FromSeconds(5);

    /// <summary>The pauses before a worker that ended is started again; one more end within the window ends the host.</summary>
    public static IReadOnlyList<TimeSpan> WorkerRestarts { get; } = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    public static TimeSpan WorkerRestartWindow => TimeSpan.FromMinutes(5);
}
