using System.ComponentModel.DataAnnotations;

namespace Relais.Sending;

/// <summary>The settings of the section Sending.</summary>
internal sealed class SendingOptions
{
    public const string Section = "Sending";

    /// <summary>How long one pump works before other senders get their turn.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:04:00")]
    public TimeSpan PumpDuration { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>The maximum number of concurrent provider calls of one sender.</summary>
    [Range(1, 1_000)]
    public int MaxInFlight { get; init; } = 64;

    /// <summary>A message is polled when its final status has not arrived within this time, and again after the same time.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan StatusPollAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The maximum number of messages of one sender that are claimed and whose outcome is not stored yet. After a crash the outcomes of at
    /// most this many messages are unknown.
    /// </summary>
    [Range(1, 2_000)]
    public int MaxInProgress { get; init; } = 128;
}
