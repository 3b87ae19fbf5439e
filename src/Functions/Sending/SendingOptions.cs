namespace Relais.Sending;

/// <summary>Settings under Sending.</summary>
internal sealed class SendingOptions
{
    public const string Section = "Sending";

    /// <summary>How long one pump works before it makes room for other senders.</summary>
    public TimeSpan Slice { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Provider calls of one sender at once.</summary>
    public int MaxInFlight { get; init; } = 64;

    /// <summary>How long a message may stay without an outcome before the provider is asked, and asked again.</summary>
    public TimeSpan AskAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Messages claimed at once at the most; a crash leaves no more of unknown outcome.</summary>
    public int MaxClaim { get; init; } = 128;
}
