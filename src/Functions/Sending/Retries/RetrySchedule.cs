namespace Relais.Sending.Retries;

/// <summary>Retry n waits 60 s × 2^(n − 1). A message has three retries at most. Jitter lengthens a delay by up to 10 %.</summary>
internal static class RetrySchedule
{
    public const int MaxRetries = 3;

    private const double MaxJitter = 0.1;

    /// <param name="retry">1 for the first retry.</param>
    /// <param name="random">In [0, 1).</param>
    public static TimeSpan Delay(int retry, double random) =>
        TimeSpan.FromSeconds(60 * Math.Pow(2, retry - 1)) * (1 + (random * MaxJitter));
}
