using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Relais.Platform.Http;
using Twilio.Security;

namespace Relais.Channels.Twilio;

/// <summary>Checks the signature of Twilio's webhook calls and reads them. Their parameters tell messages, status reports and other events apart.</summary>
internal sealed class TwilioWebhooks(SignedUrlCandidates signedUrls) : IWebhookProvider
{
    public string? FindAccount(WebhookRequest request) => request["AccountSid"];

    public bool IsSigned(HttpRequest http, WebhookRequest request, string token) => TwilioSignatureCheck.IsValid(
        http.Headers[TwilioSignatureCheck.Header], http.Headers[RequestValidator.SignatureSettingsHeader], signedUrls.For(http), request, token);

    public WebhookEvent Read(WebhookRequest request, Guid tenantId, DateTimeOffset now)
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
            id, tenantId, ProviderNames.Current, kind, Bounded(sid.Length > 0 ? sid : Fingerprint(request)), Bounded(key), request.ToPayload(), now,
            Guid.TryParseExact(Query(request, PublicUrl.MessageParameter), "N", out var messageId) ? messageId : null,
            int.TryParse(Query(request, PublicUrl.AttemptParameter), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt) ? attempt : null,
            ErrorCode(request["ErrorCode"]));
    }

    public InboundMessage ReadMessage(IReadOnlyDictionary<string, string> payload) => TwilioInboundMessage.Read(payload);

    public string? ReadErrorCode(IReadOnlyDictionary<string, string> payload) => ErrorCode(payload.GetValueOrDefault("ErrorCode"));

    // Twilio writes no error as a missing parameter, an empty one, or 0
    private static string? ErrorCode(string? text) => text?.Trim() is { Length: > 0 } code && code != "0" ? Bounded(code) : null;

    private static string? Query(WebhookRequest request, string name) =>
        request.Query.Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault();

    // an event without a SID is the same event when its bytes are the same
    private static string Fingerprint(WebhookRequest request) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(request.Body));

    private static string Bounded(string text) => (text.Length > 100 ? text[..100] : text).Replace('\0', '\uFFFD');
}
