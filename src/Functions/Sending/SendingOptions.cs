using System.ComponentModel.DataAnnotations;

namespace Relais.Sending;

/// <summary>Settings under Sending.</summary>
internal sealed class SendingOptions
{
    public const string Section = "Sending";

    /// <summary>How long one pump works before it makes room for other senders.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:04:00")]
    public TimeSpan PumpDuration { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Provider calls of one sender at once.</summary>
    [Range(1, 1_000)]
    public int MaxInFlight { get; init; } = 64;

    /// <summary>How long a message may stay without an outcome before the provider is asked, and asked again.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan StatusPollAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Messages of one sender in hand at the most, from claim to record; a crash leaves no more of unknown outcome.</summary>
    [Range(1, 2_000)]
    public int MaxInProgress { get; init; } = 128;
}
