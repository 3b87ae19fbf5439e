using Relais.Platform.Http;

namespace Relais.Channels;

/// <summary>Where numbers must send their inbound messages and reports, and whether one does.</summary>
internal sealed class RouterUrls(PublicUrl publicUrl)
{
    // one router under its own URL and those that numbers already point at
    private static readonly string[] RouterPaths = [PublicUrl.RouterPath, "/api/receive-sms-twilio", "/api/webhooks/twilio"];

    private const string OrderMark = "?o=";

    private readonly Uri[] routers = [.. RouterPaths.Select(path => Append(publicUrl.Base, path))];

    public NumberWebhooks Expected => new(routers[0], Append(publicUrl.Fallback, "/api/webhook-router-backup"), routers[0]);

    /// <summary>With these a number is bought. The mark tells whose purchase it is until it is connected, whatever became of the answer.</summary>
    public NumberWebhooks WithOrderMark(Guid orderId) => Expected with { SmsUrl = new Uri($"{routers[0]}{OrderMark}{orderId:N}") };

    /// <returns>The order that bought the number; null: it bears no mark of ours.</returns>
    public Guid? FindOrderId(string? smsUrl) =>
        smsUrl?.IndexOf(OrderMark, StringComparison.Ordinal) is > 0 and { } at && IsRouter(smsUrl[..at]) && Guid.TryParseExact(smsUrl[(at + OrderMark.Length)..], "N", out var orderId)
            ? orderId
            : null;

    /// <summary>One of this installation's routers, written in any way that reaches it.</summary>
    public bool IsRouter(string? url) => FindRouter(url) is not null;

    public Uri? FindRouter(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var given) && (given.Scheme == Uri.UriSchemeHttps || given.Scheme == Uri.UriSchemeHttp)
            ? Array.Find(routers, router => router == WithoutSlash(given) && given.UserInfo.Length == 0 && given.Fragment.Length == 0)
            : null;

    /// <summary>Its messages do not reach us, or not when the first app is away, or the reports on its calls do not.</summary>
    public bool PointsElsewhere(OwnedNumber held) =>
        held.SmsApplicationSid is not null
        || !IsRouter(held.SmsUrl)
        || !IsPost(held.SmsMethod)
        || !IsPost(held.SmsFallbackMethod)
        || !Uri.TryCreate(held.SmsFallbackUrl, UriKind.Absolute, out var fallback)
        || fallback != Expected.SmsFallbackUrl
        || !IsRouter(held.StatusCallback)
        || !IsPost(held.StatusCallbackMethod);

    /// <summary>A URL for people to read: what may be a secret in it is left out.</summary>
    public static string? WithoutSecrets(string? url)
    {
        if (url is null)
        {
            return null;
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            ? parsed.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) + (parsed.Query.Length > 0 ? "?…" : "")
            : "…";
    }

    /// <summary>Twilio uses POST where no method is set, for numbers and for WhatsApp senders; our router takes nothing else.</summary>
    public static bool IsPost(string? method) => method is null || string.Equals(method, "POST", StringComparison.OrdinalIgnoreCase);

    private static Uri WithoutSlash(Uri url) => url.AbsolutePath is [.. var path, '/'] && path.Length > 0 ? new UriBuilder(url) { Path = path }.Uri : url;

    private static Uri Append(Uri root, string path) => new(root, root.AbsolutePath.TrimEnd('/') + path);
}
