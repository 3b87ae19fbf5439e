using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Relais.Simulators;

/// <summary>Writes a message as JSON in the format of the 2010 API.</summary>
internal static class MessageJson
{
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Utf8JsonWriter json, Message message)
    {
        var uri = $"/2010-04-01/Accounts/{message.Sender.Account.Sid}/Messages/{message.Sid}";
        json.WriteStartObject();
        json.WriteString("account_sid", message.Sender.Account.Sid);
        json.WriteString("api_version", "2010-04-01");
        json.WriteString("body", message.Body);
        json.WriteString("date_created", Rfc2822.Of(message.CreatedAt));
        json.WriteString("date_sent", message.SentAt is { } sent ? Rfc2822.Of(sent) : null);
        json.WriteString("date_updated", Rfc2822.Of(message.UpdatedAt));
        json.WriteString("direction", message.Direction switch
        {
            Direction.Inbound => "inbound",
            Direction.OutboundReply => "outbound-reply",
            _ => "outbound-api",
        });
        WriteError(json, message);
        json.WriteString("from", message.Status is MessageStatus.Accepted or MessageStatus.Scheduled ? null : message.From);
        json.WriteString("messaging_service_sid", message.ServiceSid);
        json.WriteString("num_media", message.Media.ToString(CultureInfo.InvariantCulture));
        json.WriteString(
            "num_segments",
            message.Status is MessageStatus.Accepted ? "0" : message.Segments.ToString(CultureInfo.InvariantCulture));
        json.WriteNull("price");
        json.WriteString("price_unit", "USD");
        json.WriteString("sid", message.Sid);
        json.WriteString("status", message.Status.Wire());
        json.WriteStartObject("subresource_uris");
        json.WriteString("media", uri + "/Media.json");
        json.WriteEndObject();
        json.WriteString("to", message.To);
        json.WriteString("uri", uri + ".json");
        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, Message message)
    {
        if (message.ErrorCode == 0)
        {
            json.WriteNull("error_code");
            json.WriteNull("error_message");
            return;
        }

        json.WriteNumber("error_code", message.ErrorCode);
        json.WriteString("error_message", $"Message could not be delivered ({message.ErrorCode})");
    }
}
