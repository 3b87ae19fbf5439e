namespace Azure.Core;

public abstract class ClientOptions
{
    public RetryOptions Retry { get; } = new();
}

public class RetryOptions
{
    internal RetryOptions() { }

    /// <summary>Retries after the first attempt.</summary>
    public int MaxRetries { get; set; } = 3;

    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(0.8);

    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Time limit of one attempt.</summary>
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(100);
}
