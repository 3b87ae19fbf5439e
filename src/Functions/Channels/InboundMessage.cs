using Relais.Consent;

namespace Relais.Channels;

/// <summary>An inbound message, as a provider's reader understands it.</summary>
internal sealed record InboundMessage
{
    public required string Channel { get; init; }

    public string? AccountSid { get; init; }

    /// <summary>Our address.</summary>
    public required string To { get; init; }

    /// <summary>The person's address: the number, or the user id of somebody without one.</summary>
    public required string From { get; init; }

    public required AddressKind FromKind { get; init; }

    /// <summary>The WhatsApp user id that came beside a number.</summary>
    public string? UserId { get; init; }

    public string? ProfileName { get; init; }

    public required string Text { get; init; }

    public required int Units { get; init; }

    /// <summary>JSON, or null.</summary>
    public string? Media { get; init; }

    /// <summary>JSON, or null.</summary>
    public string? Location { get; init; }

    public required ConsentIntent Intent { get; init; }

    public bool HasAddress => FromKind != AddressKind.Unknown;

    public bool ChangesConsent => HasAddress && (Intent.Keyword is Keyword.Stop or Keyword.Start);

    /// <summary>A contact is made of an address that can be answered.</summary>
    public bool HasContact => FromKind is AddressKind.Phone or AddressKind.WhatsAppUser;

    /// <summary>The person as an erasure looks for them in stored events.</summary>
    public string ContactAddress => ProviderAddress.Format(Channel, From);
}
