using System.Globalization;
using System.Security.Cryptography;
using Relais.Platform.Http;

namespace Relais.Webhooks;

/// <summary>Tells Twilio's webhooks apart by their parameters. Pure.</summary>
internal static class TwilioWebhookReader
{
    /// <param name="tenantId">The owner of the account that signed.</param>
    public static WebhookEvent Read(WebhookRequest request, Guid tenantId, DateTimeOffset now)
    {
        var sid = request["MessageSid"] ?? request["SmsSid"] ?? "";
        var status = (request["MessageStatus"] ?? request["SmsStatus"] ?? "").ToLowerInvariant();
        var (kind, key) = (sid, status) switch
        {
            ({ Length: > 0 }, "received" or "receiving" or "") when request["From"] is not null => (WebhookEvent.InboundKind, ""),
            ({ Length: > 0 }, { Length: > 0 }) => (WebhookEvent.StatusKind, status),
            _ => (WebhookEvent.OtherKind, status),
        };
        var id = Guid.CreateVersion7(now);
        return new WebhookEvent(
            id, tenantId, "twilio", kind, Bounded(sid.Length > 0 ? sid : Fingerprint(request)), Bounded(key), request.ToPayload(), now,
            Guid.TryParseExact(Query(request, PublicUrl.MessageParameter), "N", out var messageId) ? messageId : null,
            int.TryParse(Query(request, PublicUrl.AttemptParameter), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt) ? attempt : null,
            ErrorCode(request["ErrorCode"]));
    }

    /// <returns>Null when the provider names no error: without the parameter, empty, or 0.</returns>
    public static string? ErrorCode(string? text) => text?.Trim() is { Length: > 0 } code && code != "0" ? Bounded(code) : null;

    private static string? Query(WebhookRequest request, string name) =>
        request.Query.Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault();

    // an event without a SID is the same event when its bytes are the same
    private static string Fingerprint(WebhookRequest request) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(request.Body));

    private static string Bounded(string text) => (text.Length > 100 ? text[..100] : text).Replace('\0', '\uFFFD');
}
