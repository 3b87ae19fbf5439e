using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Relais.Webhooks;

/// <summary>The URLs that a provider may have signed for this request: what the set-up says, and what a trusted proxy forwards.</summary>
internal sealed class CalledUrls(PublicUrl publicUrl, WebhookOptions options)
{
    public IReadOnlyList<string> For(HttpRequest request)
    {
        var tail = request.Path.ToUriComponent() + request.QueryString.ToUriComponent();
        var urls = new List<string> { publicUrl.Base.GetLeftPart(UriPartial.Authority) + publicUrl.Base.AbsolutePath.TrimEnd('/') + tail };
        if (options.TrustForwardedHeaders)
        {
            // the Functions host applies the forwarded headers itself; elsewhere they are still there
            var host = First(request.Headers["X-Forwarded-Host"]) ?? request.Host.Value;
            var scheme = First(request.Headers["X-Forwarded-Proto"]) ?? request.Scheme;
            urls.Add($"{scheme}://{host}{tail}");
            urls.Add($"https://{host}{tail}");
        }

        return urls;
    }

    private static string? First(StringValues values) => values is [{ Length: > 0 } list, ..] ? list.Split(',')[0].Trim() : null;
}
