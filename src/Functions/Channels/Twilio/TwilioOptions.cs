using System.ComponentModel.DataAnnotations;
using Relais.Platform.Settings;

namespace Relais.Channels.Twilio;

/// <summary>The settings under Twilio.</summary>
internal sealed class TwilioOptions
{
    public const string Section = "Twilio";

    /// <summary>A URL that replaces https://api.twilio.com, such as a simulator or a regional edge; null: calls go to Twilio.</summary>
    [HttpAddress]
    public Uri? BaseUrl { get; init; }

    /// <summary>
    /// The time limit of one call, including the time to connect. A request is sent at most ten seconds after the claim of its message, and
    /// a message that Twilio does not list thirty seconds after its claim is sent again. A longer call could still be in progress then, and
    /// the message would be sent twice.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:15")]
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The number of concurrent calls over all accounts; further calls wait for a connection.</summary>
    [Range(1, 10_000)]
    public int MaxConnections { get; init; } = 512;
}
