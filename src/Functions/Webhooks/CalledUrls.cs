using Microsoft.AspNetCore.Http;

namespace Relais.Webhooks;

/// <summary>The URLs that a provider may have signed for this request: what the set-up says, and what a trusted proxy forwards.</summary>
internal sealed class CalledUrls(PublicUrl publicUrl, WebhookOptions options)
{
    public IReadOnlyList<string> For(HttpRequest request)
    {
        var tail = request.Path.ToUriComponent() + request.QueryString.ToUriComponent();
        var urls = new List<string> { publicUrl.Base.GetLeftPart(UriPartial.Authority) + publicUrl.Base.AbsolutePath.TrimEnd('/') + tail };
        if (options.TrustForwardedHeaders && request.Headers["X-Forwarded-Host"] is [{ Length: > 0 } host, ..])
        {
            var scheme = request.Headers["X-Forwarded-Proto"] is [{ Length: > 0 } proto, ..] ? First(proto) : "https";
            urls.Add($"{scheme}://{First(host)}{tail}");
        }

        return urls;
    }

    private static string First(string list) => list.Split(',')[0].Trim();
}
