using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Relais.Platform.Http;

namespace Relais.Channels.Twilio;

/// <summary>
/// Lists the URLs that Twilio may have called, and therefore signed, for a request: under the public URL of the settings, and under the
/// host and scheme that a trusted proxy forwards.
/// </summary>
internal sealed class SignedUrlCandidates(PublicUrl publicUrl)
{
    public IReadOnlyList<string> For(HttpRequest request)
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
