using System.Globalization;

namespace Relais.Simulators;

/// <summary>Builds the form parameters of an inbound message webhook.</summary>
internal static class InboundForm
{
    /// <param name="optOutType">STOP, START or HELP when the sender has Advanced Opt-Out; null otherwise</param>
    public static List<KeyValuePair<string, string>> Of(InboundMessage inbound, Message message, string? optOutType)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["MessageSid"] = message.Sid,
            ["SmsSid"] = message.Sid,
            ["SmsMessageSid"] = message.Sid,
            ["AccountSid"] = message.Sender.Account.Sid,
            ["From"] = message.From,
            ["To"] = message.To,
            ["Body"] = message.Body,
            ["NumMedia"] = inbound.MediaUrls.Count.ToString(CultureInfo.InvariantCulture),
            ["NumSegments"] = message.Segments.ToString(CultureInfo.InvariantCulture),
            ["SmsStatus"] = "received",
            ["ApiVersion"] = "2010-04-01",
        };
        if (message.Sender.Settings.MessagingServiceSid is { } service)
        {
            form["MessagingServiceSid"] = service;
        }

        if (optOutType is not null)
        {
            form["OptOutType"] = optOutType;
        }

        AddMedia(form, inbound);
        if (message.Sender.IsWhatsApp)
        {
            AddWhatsApp(form, inbound, message);
        }

        foreach (var (name, value) in inbound.Parameters)
        {
            form[name] = value;
        }

        return [.. form];
    }

    private static void AddMedia(Dictionary<string, string> form, InboundMessage inbound)
    {
        for (var index = 0; index < inbound.MediaUrls.Count; index++)
        {
            form[$"MediaUrl{index}"] = inbound.MediaUrls[index];
            form[$"MediaContentType{index}"] = inbound.MediaContentType;
        }
    }

    private static void AddWhatsApp(Dictionary<string, string> form, InboundMessage inbound, Message message)
    {
        form["ProfileName"] = inbound.ProfileName ?? FirstNames.Of(message.Contact);
        form["WaId"] = message.Contact["whatsapp:+".Length..];
        form["MessageType"] = inbound switch
        {
            { ButtonText: not null } => "button",
            { Latitude: not null } => "location",
            { MediaUrls.Count: > 0 } => inbound.MediaContentType.Split('/')[0],
            _ => "text",
        };
        Add("ButtonText", inbound.ButtonText);
        Add("ButtonPayload", inbound.ButtonPayload ?? inbound.ButtonText);
        Add("OriginalRepliedMessageSid", inbound.RepliedMessageSid);
        Add("OriginalRepliedMessageSender", inbound.RepliedMessageSid is null ? null : message.To);
        Add("Latitude", inbound.Latitude?.ToString(CultureInfo.InvariantCulture));
        Add("Longitude", inbound.Longitude?.ToString(CultureInfo.InvariantCulture));

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                form[name] = value;
            }
        }
    }
}
