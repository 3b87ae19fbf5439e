namespace Relais.Channels;

/// <summary>The form of an address in a webhook.</summary>
internal enum AddressKind
{
    /// <summary>The text has none of the known forms.</summary>
    Unknown,

    /// <summary>A phone number in E.164.</summary>
    Phone,

    /// <summary>The id of a WhatsApp user who hides the phone number: country code and id, such as GN.4566546130240823.</summary>
    WhatsAppUser,

    /// <summary>A number of three to eight digits that works inside one country only.</summary>
    ShortCode,

    /// <summary>A sender name in place of a number. It cannot receive replies.</summary>
    SenderName,
}
