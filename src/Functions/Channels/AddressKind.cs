namespace Relais.Channels;

/// <summary>The form of an address in a webhook.</summary>
internal enum AddressKind
{
    /// <summary>Not an address of any known form.</summary>
    Unknown,

    /// <summary>A phone number, E.164.</summary>
    Phone,

    /// <summary>A WhatsApp user who shows no phone number: country code and id, such as GN.4566546130240823.</summary>
    WhatsAppUser,

    /// <summary>A number of three to eight digits that only works inside a country.</summary>
    ShortCode,

    /// <summary>A sender name in the place of a number. It cannot receive answers.</summary>
    SenderName,
}
