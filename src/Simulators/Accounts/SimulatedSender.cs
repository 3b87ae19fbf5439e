namespace Relais.Simulators;

/// <summary>The settings of a sender.</summary>
/// <param name="Address">+15145550100 or whatsapp:+15145550100</param>
/// <param name="AccountSid">account that owns the sender</param>
public sealed record SimulatedSender(string Address, string AccountSid)
{
    /// <summary>Webhook for inbound messages; null: no webhook.</summary>
    public string? InboundUrl { get; init; }

    public string? FallbackUrl { get; init; }

    /// <summary>Messages (SMS: segments) per second that leave the queue of the sender; null: no limit.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>WhatsApp only: free text fails with 63016 unless the recipient has sent a message within 24 hours.</summary>
    public bool EnforceWindow { get; init; } = true;

    /// <summary>Advanced Opt-Out: webhooks of inbound keywords contain OptOutType.</summary>
    public bool AdvancedOptOut { get; init; }

    /// <summary>SID of the Messaging Service whose sender pool contains this sender; null: none.</summary>
    public string? MessagingServiceSid { get; init; }
}
