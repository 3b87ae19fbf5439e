using Relais.Consent;

namespace Relais.Channels;

/// <summary>An inbound message, read from the parameters of a provider's webhook.</summary>
internal sealed record InboundMessage
{
    /// <summary>sms or whatsapp.</summary>
    public required string Channel { get; init; }

    public string? AccountSid { get; init; }

    /// <summary>The address of the tenant's sender.</summary>
    public required string To { get; init; }

    /// <summary>The person's address: a phone number, or the WhatsApp user id of a person who hides the number.</summary>
    public required string From { get; init; }

    public required AddressKind FromKind { get; init; }

    /// <summary>The WhatsApp user id of the person; null: the message names none.</summary>
    public string? UserId { get; init; }

    public string? ProfileName { get; init; }

    public required string Text { get; init; }

    /// <summary>The number of segments, at least 1.</summary>
    public required int Units { get; init; }

    /// <summary>JSON as it is stored in messages.media; null: no media.</summary>
    public string? Media { get; init; }

    /// <summary>JSON as it is stored in messages.location; null: no location.</summary>
    public string? Location { get; init; }

    public required ConsentIntent Intent { get; init; }

    public bool HasAddress => FromKind != AddressKind.Unknown;

    /// <summary>The message is an opt-out (STOP) or an opt-in (START).</summary>
    public bool ChangesConsent => HasAddress && (Intent.Keyword is Keyword.Stop or Keyword.Start);

    /// <summary>The message gets a contact, because its sender can be answered. Short codes and sender names get none.</summary>
    public bool CreatesContact => FromKind is AddressKind.Phone or AddressKind.WhatsAppUser;

    /// <summary>The person's address in the provider's form, by which an erasure finds stored events.</summary>
    public string ContactAddress => ProviderAddress.Format(Channel, From);
}
