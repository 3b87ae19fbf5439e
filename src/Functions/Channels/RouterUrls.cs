using Relais.Platform.Http;

namespace Relais.Channels;

/// <summary>The webhook URLs of this installation, and checks whether a number uses them.</summary>
internal sealed class RouterUrls(PublicUrl publicUrl)
{
    // The router's own path first, then the older paths that existing numbers still call.
    private static readonly string[] RouterPaths = [PublicUrl.RouterPath, "/api/receive-sms-twilio", "/api/webhooks/twilio"];

    private const string OrderMarkPrefix = "?o=";

    private readonly Uri[] routers = [.. RouterPaths.Select(path => Append(publicUrl.Base, path))];

    /// <summary>The webhooks that a connected number must have.</summary>
    public NumberWebhooks Expected => new(routers[0], Append(publicUrl.Fallback, "/api/webhook-router-backup"), routers[0]);

    /// <summary>
    /// The webhooks with which a number is bought. The id of the order is part of the SMS URL until the number is connected: if the answer
    /// to the call that buys it is lost, this mark shows which order bought the number.
    /// </summary>
    public NumberWebhooks WithOrderMark(Guid orderId) => Expected with { SmsUrl = new Uri($"{routers[0]}{OrderMarkPrefix}{orderId:N}") };

    /// <returns>The order that bought the number; null: the URL has no order mark of this installation.</returns>
    public Guid? FindOrderId(string? smsUrl) =>
        smsUrl?.IndexOf(OrderMarkPrefix, StringComparison.Ordinal) is > 0 and { } at
        && IsRouter(smsUrl[..at])
        && Guid.TryParseExact(smsUrl[(at + OrderMarkPrefix.Length)..], "N", out var orderId)
            ? orderId
            : null;

    /// <summary>Whether the URL reaches a router of this installation, in whatever spelling.</summary>
    public bool IsRouter(string? url) => FindRouter(url) is not null;

    /// <returns>The router that the URL reaches; null: the URL is not a router of this installation.</returns>
    public Uri? FindRouter(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed) && (parsed.Scheme == Uri.UriSchemeHttps || parsed.Scheme == Uri.UriSchemeHttp)
            ? Array.Find(routers, router => router == WithoutSlash(parsed) && parsed.UserInfo.Length == 0 && parsed.Fragment.Length == 0)
            : null;

    /// <summary>
    /// Whether a webhook of the number is wrong: its inbound messages, its fallback or the reports on its calls would not reach this
    /// installation.
    /// </summary>
    public bool HasWrongWebhooks(OwnedNumber number) =>
        number.SmsApplicationSid is not null
        || !IsRouter(number.SmsUrl)
        || !IsPost(number.SmsMethod)
        || !IsPost(number.SmsFallbackMethod)
        || !Uri.TryCreate(number.SmsFallbackUrl, UriKind.Absolute, out var fallback)
        || fallback != Expected.SmsFallbackUrl
        || !IsRouter(number.StatusCallback)
        || !IsPost(number.StatusCallbackMethod);

    /// <summary>A URL for display. Leaves out user info, query and fragment, which may contain secrets.</summary>
    public static string? RedactUrl(string? url)
    {
        if (url is null)
        {
            return null;
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            ? parsed.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
                + (parsed.Query.Length > 0 ? "?…" : "")
            : "…";
    }

    /// <summary>Whether the method is POST, which is all that the router accepts. Twilio uses POST if no method is set.</summary>
    public static bool IsPost(string? method) => method is null || string.Equals(method, "POST", StringComparison.OrdinalIgnoreCase);

    private static Uri WithoutSlash(Uri url) =>
        url.AbsolutePath is [.. var path, '/'] && path.Length > 0 ? new UriBuilder(url) { Path = path }.Uri : url;

    private static Uri Append(Uri root, string path) => new(root, root.AbsolutePath.TrimEnd('/') + path);
}
