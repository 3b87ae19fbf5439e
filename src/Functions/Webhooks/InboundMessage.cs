using System.Globalization;
using Relais.Channels.Twilio;
using Relais.Consent;

namespace Relais.Webhooks;

/// <summary>An inbound message, read from the parameters of its event. Pure.</summary>
internal sealed record InboundMessage
{
    private const int MaxSegments = 100;

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
    public string ContactAddress => TwilioAddress.Format(Channel, From);

    public static InboundMessage Read(IReadOnlyDictionary<string, string> fields)
    {
        var (from, to) = (fields.GetValueOrDefault("From"), fields.GetValueOrDefault("To"));
        var channel = IsWhatsApp(fields, from, to) ? "whatsapp" : "sms";
        var omitsPlus = TwilioAddress.OmitsPlus(to);
        var sender = ReadSender(fields, channel, from, omitsPlus);
        var userId = TwilioAddress.Read(fields.GetValueOrDefault("ExternalUserId"), "whatsapp");
        var body = fields.GetValueOrDefault("Body", "");
        var text = channel == "sms" ? Base64Body.Decode(body) : body;
        return new InboundMessage
        {
            Channel = channel,
            AccountSid = fields.GetValueOrDefault("AccountSid"),
            To = TwilioAddress.Read(to, channel, omitsPlus).Address,
            From = sender.Address,
            FromKind = sender.Kind,
            UserId = channel == "whatsapp" && userId.Kind == AddressKind.WhatsAppUser ? userId.Address : null,
            ProfileName = fields.GetValueOrDefault("ProfileName"),
            Text = text,
            Units = Segments(fields.GetValueOrDefault("NumSegments")),
            Media = InboundMedia.Read(fields),
            Location = InboundLocation.Read(fields),
            Intent = Keywords.Classify(text, fields.GetValueOrDefault("OptOutType")),
        };
    }

    /// <summary>Some gateways write the prefix of one address only, or of none.</summary>
    private static bool IsWhatsApp(IReadOnlyDictionary<string, string> fields, string? from, string? to) =>
        TwilioAddress.IsWhatsApp(from)
        || TwilioAddress.IsWhatsApp(to)
        || string.Equals(fields.GetValueOrDefault("ChannelPrefix")?.Trim().TrimEnd(':'), "whatsapp", StringComparison.OrdinalIgnoreCase)
        || ReadWaId(fields).Kind == AddressKind.Phone;

    /// <summary>From, or else what WhatsApp says beside it about the same person.</summary>
    private static (AddressKind Kind, string Address) ReadSender(IReadOnlyDictionary<string, string> fields, string channel, string? from, bool omitsPlus)
    {
        var parsed = TwilioAddress.Read(from, channel, omitsPlus);
        if (channel != "whatsapp" || parsed.Kind != AddressKind.Unknown)
        {
            return parsed;
        }

        var userId = TwilioAddress.Read(fields.GetValueOrDefault("ExternalUserId"), channel);
        return ReadWaId(fields) is { Kind: AddressKind.Phone } number ? number
            : userId.Kind == AddressKind.WhatsAppUser ? userId
            : parsed;
    }

    private static (AddressKind Kind, string Address) ReadWaId(IReadOnlyDictionary<string, string> fields) => TwilioAddress.Read(fields.GetValueOrDefault("WaId"), "whatsapp");

    private static int Segments(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var segments) ? Math.Clamp(segments, 1, MaxSegments) : 1;
}
