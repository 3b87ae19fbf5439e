namespace Relais.Webhooks;

/// <summary>Decides when a stored event whose processing failed is tried again.</summary>
internal static class EventRetrySchedule
{
    public const int MaxAttempts = 20;

    /// <summary>The queue processes a new event within seconds. The sweep processes it after this time if the queue did not.</summary>
    public static readonly TimeSpan FirstSweepAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan MaxDelay = TimeSpan.FromHours(1);

    /// <param name="attempts">The number of attempts that failed so far, at least 1.</param>
    /// <returns>5 s, 20 s, then one minute, doubled each time up to one hour.</returns>
    public static TimeSpan DelayAfter(int attempts) => attempts switch
    {
        <= 1 => TimeSpan.FromSeconds(5),
        2 => TimeSpan.FromSeconds(20),
        < 9 => TimeSpan.FromMinutes(1 << (attempts - 3)),
        _ => MaxDelay,
    };
}
