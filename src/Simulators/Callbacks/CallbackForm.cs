using System.Globalization;

namespace Relais.Simulators;

/// <summary>Builds the form parameters of a status callback.</summary>
internal static class CallbackForm
{
    /// <param name="errorCode">Twilio error code; 0: none</param>
    public static List<KeyValuePair<string, string>> Of(Message message, MessageStatus status, int errorCode, DateTimeOffset now)
    {
        var form = new List<KeyValuePair<string, string>>(16)
        {
            new("MessageSid", message.Sid),
            new("SmsSid", message.Sid),
            new("MessageStatus", status.Wire()),
            new("SmsStatus", status.Wire()),
            new("AccountSid", message.Sender.Account.Sid),
            new("From", message.From),
            new("To", message.To),
            new("ApiVersion", "2010-04-01"),
        };
        if (message.ServiceSid is not null)
        {
            form.Add(new("MessagingServiceSid", message.ServiceSid));
        }

        if (errorCode != 0)
        {
            form.Add(new("ErrorCode", errorCode.ToString(CultureInfo.InvariantCulture)));
        }

        if (message.Sender.IsWhatsApp)
        {
            AddWhatsApp(form, message, status, errorCode);
        }
        else if (status is MessageStatus.Delivered or MessageStatus.Undelivered)
        {
            form.Add(new("RawDlrDoneDate", now.ToString("yyMMddHHmm", CultureInfo.InvariantCulture)));
        }

        return form;
    }

    private static void AddWhatsApp(List<KeyValuePair<string, string>> form, Message message, MessageStatus status, int errorCode)
    {
        form.Add(new("ChannelPrefix", "whatsapp"));
        form.Add(new("ChannelInstallSid", "XE" + message.Sender.Account.Sid[2..]));
        form.Add(new("ChannelToAddress", message.To["whatsapp:".Length..^4] + "XXXX"));
        if (errorCode != 0)
        {
            form.Add(new("ChannelStatusMessage", $"Message could not be delivered ({errorCode})"));
        }

        if (status == MessageStatus.Read)
        {
            form.Add(new("EventType", "READ"));
        }
    }
}
