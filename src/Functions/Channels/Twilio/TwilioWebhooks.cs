using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Relais.Platform.Http;
using Twilio.Security;

namespace Relais.Channels.Twilio;

/// <summary>
/// Checks the signatures of Twilio's webhook calls, and reads their parameters, which show whether a call is an inbound message, a status
/// report or another event.
/// </summary>
internal sealed class TwilioWebhooks(SignedUrlCandidates signedUrls) : IWebhookProvider
{
    public string? ReadAccountSid(WebhookRequest request) => request["AccountSid"];

    public bool IsSigned(HttpRequest http, WebhookRequest request, string token) => TwilioSignatureCheck.IsValid(
        http.Headers[TwilioSignatureCheck.Header],
        http.Headers[RequestValidator.SignatureSettingsHeader],
        signedUrls.For(http),
        request,
        token);

    public WebhookEvent ReadEvent(WebhookRequest request, Guid tenantId, DateTimeOffset now)
    {
        var sid = request["MessageSid"] ?? request["SmsSid"] ?? "";
        var status = (request["MessageStatus"] ?? request["SmsStatus"] ?? "").ToLowerInvariant();

        // The status is part of the key of the event. An inbound message has an empty one, so that it is one event in whatever status it
        // is delivered.
        var (kind, keyStatus) = (sid, status) switch
        {
            ({ Length: > 0 }, "received" or "receiving" or "") when request["From"] is not null => (WebhookEvent.InboundKind, ""),
            ({ Length: > 0 }, { Length: > 0 }) => (WebhookEvent.StatusKind, status),
            _ => (WebhookEvent.OtherKind, status),
        };
        return new WebhookEvent(
            Guid.CreateVersion7(now), tenantId, ProviderNames.Current, kind, Bounded(sid.Length > 0 ? sid : Fingerprint(request)),
            Bounded(keyStatus), request.ToPayload(), now, ReadMessageId(request), ReadAttempt(request), ErrorCode(request["ErrorCode"]));
    }

    public InboundMessage ReadInboundMessage(IReadOnlyDictionary<string, string> payload) => TwilioInboundMessage.Read(payload);

    public string? ReadErrorCode(IReadOnlyDictionary<string, string> payload) => ErrorCode(payload.GetValueOrDefault("ErrorCode"));

    private static Guid? ReadMessageId(WebhookRequest request) =>
        Guid.TryParseExact(Query(request, PublicUrl.MessageParameter), "N", out var messageId) ? messageId : null;

    private static int? ReadAttempt(WebhookRequest request)
    {
        var text = Query(request, PublicUrl.AttemptParameter);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var attempt) ? attempt : null;
    }

    // If there is no error, Twilio leaves the parameter out, sends it empty, or sends 0.
    private static string? ErrorCode(string? text) => text?.Trim() is { Length: > 0 } code && code != "0" ? Bounded(code) : null;

    private static string? Query(WebhookRequest request, string name) =>
        request.Query.Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault();

    // An event without a SID is identified by the hash of its body, so that a repeated call is recognised.
    private static string Fingerprint(WebhookRequest request) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(request.Body));

    private static string Bounded(string text) => (text.Length > 100 ? text[..100] : text).Replace('\0', '\uFFFD');
}
