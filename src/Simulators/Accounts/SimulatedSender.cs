namespace Relais.Simulators;

/// <param name="Address">+15145550100, or whatsapp:+15145550100</param>
/// <param name="AccountSid">whose it is</param>
public sealed record SimulatedSender(string Address, string AccountSid)
{
    /// <summary>Where inbound messages go.</summary>
    public string? InboundUrl { get; init; }

    public string? FallbackUrl { get; init; }

    /// <summary>Messages (SMS: segments) that leave the sender's queue in a second; without limit when absent.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>WhatsApp: free text only within 24 hours of the recipient's last message, otherwise 63016.</summary>
    public bool EnforceWindow { get; init; } = true;

    /// <summary>Inbound keywords carry OptOutType.</summary>
    public bool AdvancedOptOut { get; init; }

    /// <summary>The Messaging Service whose pool holds this sender.</summary>
    public string? MessagingServiceSid { get; init; }
}
