using System.ComponentModel.DataAnnotations;
using Relais.Platform.Settings;

namespace Relais.Channels.Twilio;

/// <summary>Settings under Twilio.</summary>
internal sealed class TwilioOptions
{
    public const string Section = "Twilio";

    /// <summary>Where calls to https://api.twilio.com go instead: a simulator or a regional edge. Empty: Twilio itself.</summary>
    [HttpAddress]
    public Uri? BaseUrl { get; init; }

    /// <summary>
    /// Time limit of one call, connection included. A message leaves within ten seconds after its claim, and thirty seconds after the claim its absence
    /// at the provider is believed: a longer call could still be under way then, and the message would be sent twice.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:15")]
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Calls at once over all accounts; more wait for a connection.</summary>
    [Range(1, 10_000)]
    public int MaxConnections { get; init; } = 512;
}
