namespace Relais.Channels.Twilio;

/// <summary>Inside, an address is E.164 or a user id; <c>whatsapp:</c> exists at this edge only.</summary>
internal static class TwilioAddress
{
    private const string WhatsApp = "whatsapp:";

    public static string Format(string channel, string address) => channel == "whatsapp" ? WhatsApp + address : address;

    public static (string Channel, string Address) Parse(string text) =>
        text.StartsWith(WhatsApp, StringComparison.OrdinalIgnoreCase) ? ("whatsapp", text[WhatsApp.Length..].Trim()) : ("sms", text.Trim());
}
