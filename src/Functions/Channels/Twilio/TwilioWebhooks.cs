using System.Collections.Specialized;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Relais.Platform.Http;
using Twilio.Security;

namespace Relais.Channels.Twilio;

/// <summary>
/// Checks the signatures of Twilio's webhook calls, and reads their parameters, which show whether a call is an inbound message, a status
/// report or another event.
/// </summary>
internal sealed class TwilioWebhooks(PublicUrl publicUrl) : IWebhookProvider
{
    public string? ReadAccountSid(WebhookRequest request) => request["AccountSid"];

    public bool IsSigned(HttpRequest http, WebhookRequest request, string token) => TwilioSignatureCheck.IsValid(
        http.Headers[TwilioSignatureCheck.Header],
        http.Headers[RequestValidator.SignatureSettingsHeader],
        TwilioSignatureCheck.UrlsThatMayBeSigned(http, publicUrl),
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

/// <summary>Checks the header X-Twilio-Signature with the validator of Twilio's SDK, for each URL that Twilio may have signed.</summary>
internal static class TwilioSignatureCheck
{
    public const string Header = "X-Twilio-Signature";

    private const string BodyHashParameter = "bodySHA256";

    /// <param name="signature">The value of the header; null: the request has none.</param>
    /// <param name="settings">The value of the header that selects a signature algorithm; null, as usual: the default algorithm.</param>
    /// <param name="urls">The URLs that Twilio may have called.</param>
    /// <param name="token">The auth token that the signature is checked with.</param>
    public static bool IsValid(string? signature, string? settings, IReadOnlyList<string> urls, WebhookRequest request, string token)
    {
        if (string.IsNullOrEmpty(signature))
        {
            return false;
        }

        var validator = new RequestValidator(token);
        var algorithm = RequestValidator.GetSignatureAlgorithm(settings);

        // Twilio signs the URL and the parameters of a form. For another body it signs the URL only, to which it adds a hash of the body.
        return urls.Any(url => Validates(() =>
            (request.IsForm && ValidatesForm(validator, url, request.Form, signature, algorithm))
            || (HasBodyHash(url) && validator.Validate(url, Encoding.UTF8.GetString(request.Body), signature, algorithm))
            || (request.Body.Length == 0 && validator.Validate(url, new Dictionary<string, string>(), signature, algorithm))));
    }

    /// <summary>
    /// Lists the URLs that Twilio may have called, and therefore signed: under the public URL of the settings, and under the host and
    /// scheme that a trusted proxy forwards.
    /// </summary>
    public static IReadOnlyList<string> UrlsThatMayBeSigned(HttpRequest request, PublicUrl publicUrl)
    {
        var pathAndQuery = request.Path.ToUriComponent() + request.QueryString.ToUriComponent();

        // The second spelling is the setting as it is written: Uri drops a default port and capital letters of the host, but Twilio may
        // have signed them.
        var urls = new List<string>
        {
            publicUrl.Base.GetLeftPart(UriPartial.Authority) + publicUrl.Base.AbsolutePath.TrimEnd('/') + pathAndQuery,
            publicUrl.Base.OriginalString.Split('?', '#')[0].TrimEnd('/') + pathAndQuery,
        };
        if (publicUrl.TrustForwardedHeaders)
        {
            urls.AddRange(ForwardedOrigins(request).Select(origin => origin + pathAndQuery));
        }

        return [.. urls.Distinct(StringComparer.Ordinal)];
    }

    private static bool ValidatesForm(
        RequestValidator validator, string url, IReadOnlyList<KeyValuePair<string, string>> form, string signature, string algorithm)
    {
        var byName = form.ToLookup(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        if (validator.Validate(url, byName.ToDictionary(values => values.Key, SignedValue, StringComparer.Ordinal), signature, algorithm))
        {
            return true;
        }

        if (byName.All(values => values.Count() == 1))
        {
            return false;
        }

        // The SDK's own way to read a repeated parameter joins its values with commas.
        var collection = new NameValueCollection(StringComparer.Ordinal);
        foreach (var (name, value) in form)
        {
            collection.Add(name, value);
        }

        return validator.Validate(url, collection, signature, algorithm);
    }

    /// <summary>
    /// The value of a parameter as Twilio signs it. Twilio signs a repeated parameter as its distinct values in order, each after the name.
    /// The validator writes the name once before the value, so the value contains the names between the values.
    /// </summary>
    private static string SignedValue(IGrouping<string, string> values) =>
        string.Join(values.Key, values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>Whether the URL contains a hash of the body. False if the hash has no value, because the validator throws then.</summary>
    private static bool HasBodyHash(string url)
    {
        var parameters = url.Split('?', 2) is [_, var query] ? query.Split('&') : [];
        return parameters.Any(parameter => parameter.StartsWith($"{BodyHashParameter}=", StringComparison.Ordinal))
            && !parameters.Contains(BodyHashParameter);
    }

    // A URL may contain the host of a forwarded header, which may be malformed: the validator then throws.
    private static bool Validates(Func<bool> validate)
    {
        try
        {
            return validate();
        }
        catch (Exception failure) when (failure is UriFormatException or ArgumentException)
        {
            return false;
        }
    }

    // The Functions host applies the forwarded headers to the request and removes them. Other hosts leave them in place.
    private static IEnumerable<string> ForwardedOrigins(HttpRequest request)
    {
        var host = First(request.Headers["X-Forwarded-Host"]) ?? request.Host.Value ?? "";
        var port = First(request.Headers["X-Forwarded-Port"]);
        string[] hosts = port is null || new HostString(host).Port is not null ? [host] : [host, $"{host}:{port}"];
        string[] schemes = [First(request.Headers["X-Forwarded-Proto"]) ?? request.Scheme, "https"];
        return schemes.SelectMany(scheme => hosts.Select(authority => $"{scheme}://{authority}"));
    }

    private static string? First(StringValues values) => values is [{ Length: > 0 } list, ..] ? list.Split(',')[0].Trim() : null;
}
