namespace Relais.Channels.Twilio;

/// <summary>Settings under Twilio.</summary>
internal sealed class TwilioOptions
{
    public const string Section = "Twilio";

    /// <summary>Where calls to https://api.twilio.com go instead: a simulator or a regional edge. Empty: Twilio itself.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>Time limit of one call, connection included.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Calls at once over all accounts; more wait for a connection.</summary>
    public int MaxConnections { get; init; } = 512;
}
