using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Relais.Platform.Http;

namespace Relais.Channels.Twilio;

/// <summary>The URLs that a provider may have signed for this request: under the public URL of the settings, and as a trusted proxy forwards it.</summary>
internal sealed class SignedUrlCandidates(PublicUrl publicUrl)
{
    public IReadOnlyList<string> For(HttpRequest request)
    {
        var tail = request.Path.ToUriComponent() + request.QueryString.ToUriComponent();

        // as the setting is written too: a port, and capital letters of the host, may be part of what was signed
        var urls = new List<string>
        {
            publicUrl.Base.GetLeftPart(UriPartial.Authority) + publicUrl.Base.AbsolutePath.TrimEnd('/') + tail,
            publicUrl.Base.OriginalString.Split('?', '#')[0].TrimEnd('/') + tail,
        };
        if (publicUrl.TrustForwardedHeaders)
        {
            urls.AddRange(ForwardedOrigins(request).Select(authority => authority + tail));
        }

        return [.. urls.Distinct(StringComparer.Ordinal)];
    }

    // the Functions host applies the forwarded headers itself; elsewhere they are still there
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
