using System.Globalization;
using Relais.Consent;
using Relais.Platform;

namespace Relais.Channels.Twilio;

/// <summary>Reads an inbound message from the parameters of its webhook.</summary>
internal static class TwilioInboundMessage
{
    private const int MaxSegments = 100;

    public static InboundMessage Read(IReadOnlyDictionary<string, string> fields)
    {
        var (from, to) = (fields.GetValueOrDefault("From"), fields.GetValueOrDefault("To"));
        var channel = IsWhatsApp(fields, from, to) ? MessageChannel.WhatsApp : MessageChannel.Sms;
        var omitsPlus = ProviderAddress.OmitsPlus(to);
        var sender = ReadSender(fields, channel, from, omitsPlus);
        var userId = ProviderAddress.Read(fields.GetValueOrDefault("ExternalUserId"), MessageChannel.WhatsApp);
        var body = fields.GetValueOrDefault("Body", "");
        var text = channel == MessageChannel.Sms ? Base64Body.Decode(body) : body;
        return new InboundMessage
        {
            Channel = channel,
            AccountSid = fields.GetValueOrDefault("AccountSid"),
            To = ProviderAddress.Read(to, channel, omitsPlus).Address,
            From = sender.Address,
            FromKind = sender.Kind,
            UserId = channel == MessageChannel.WhatsApp && userId.Kind == AddressKind.WhatsAppUser ? userId.Address : null,
            ProfileName = fields.GetValueOrDefault("ProfileName"),
            Text = text,
            Units = Segments(fields.GetValueOrDefault("NumSegments")),
            Media = InboundMedia.Read(fields),
            Location = InboundLocation.Read(fields),
            Intent = Keywords.Classify(text, fields.GetValueOrDefault("OptOutType")),
        };
    }

    /// <summary>Looks for any sign of WhatsApp, because some gateways prefix one address only, or none.</summary>
    private static bool IsWhatsApp(IReadOnlyDictionary<string, string> fields, string? from, string? to) =>
        ProviderAddress.IsWhatsApp(from)
        || ProviderAddress.IsWhatsApp(to)
        || string.Equals(fields.GetValueOrDefault("ChannelPrefix")?.Trim().TrimEnd(':'), "whatsapp", StringComparison.OrdinalIgnoreCase)
        || ReadWaId(fields).Kind == AddressKind.Phone;

    /// <summary>
    /// Reads the person's address from the parameter From. If that is not an address, uses the other parameters of WhatsApp: the phone
    /// number in WaId, or else the user id in ExternalUserId.
    /// </summary>
    private static (AddressKind Kind, string Address) ReadSender(
        IReadOnlyDictionary<string, string> fields, string channel, string? from, bool omitsPlus)
    {
        var parsed = ProviderAddress.Read(from, channel, omitsPlus);
        if (channel != MessageChannel.WhatsApp || parsed.Kind != AddressKind.Unknown)
        {
            return parsed;
        }

        var userId = ProviderAddress.Read(fields.GetValueOrDefault("ExternalUserId"), channel);
        return ReadWaId(fields) is { Kind: AddressKind.Phone } number ? number
            : userId.Kind == AddressKind.WhatsAppUser ? userId
            : parsed;
    }

    private static (AddressKind Kind, string Address) ReadWaId(IReadOnlyDictionary<string, string> fields) =>
        ProviderAddress.Read(fields.GetValueOrDefault("WaId"), MessageChannel.WhatsApp);

    private static int Segments(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var segments) ? Math.Clamp(segments, 1, MaxSegments) : 1;
}
