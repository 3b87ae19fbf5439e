namespace Relais.Platform;

/// <summary>The channels of messages. MMS occurs in the usage only.</summary>
internal static class MessageChannel
{
    public const string Sms = "sms";
    public const string WhatsApp = "whatsapp";
    public const string Mms = "mms";
}
