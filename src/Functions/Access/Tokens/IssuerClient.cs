using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Relais.Access.Tokens;

/// <summary>The issuer did not answer with usable keys; the message is one fixed word for the log.</summary>
internal sealed class IssuerReadError(string reason) : Exception(reason);

/// <summary>Reads the issuer's discovery document and the keys that it points at. One answer has a limited size and time.</summary>
internal sealed class IssuerClient : IDisposable
{
    private const int LargestDocument = 256 * 1024;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(4);

    private readonly string issuer;
    private readonly HttpClient http;

    private sealed record Discovery(
        [property: JsonPropertyName("issuer")] string? Issuer,
        [property: JsonPropertyName("jwks_uri")] string? KeysAddress);

    private sealed record KeyDocument([property: JsonPropertyName("keys")] JsonElement[]? Keys);

    public IssuerClient(AccessOptions options)
    {
        issuer = options.Issuer;
        var sockets = new SocketsHttpHandler
        {
            // the keys must come from an address that the issuer itself states
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = CallLimit,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        http = new HttpClient(sockets) { Timeout = CallLimit, MaxResponseContentBufferSize = LargestDocument };
    }

    /// <exception cref="IssuerReadError">The issuer cannot be reached, or its documents are unusable.</exception>
    public async Task<IssuerKeySet> ReadKeysAsync()
    {
        try
        {
            var discovery = await http.GetFromJsonAsync<Discovery>($"{issuer.TrimEnd('/')}/.well-known/openid-configuration");
            if (discovery?.Issuer != issuer)
            {
                throw new IssuerReadError("other_issuer");
            }

            if (discovery.KeysAddress is not { } address || !AccessOptions.IsTrustworthy(address.Split('?')[0]))
            {
                throw new IssuerReadError("keys_address");
            }

            var document = await http.GetFromJsonAsync<KeyDocument>(address);
            var keys = (document?.Keys ?? []).Select(IssuerKey.Read).OfType<IssuerKey>().ToList();
            return keys.Count > 0 ? new IssuerKeySet(keys) : throw new IssuerReadError("no_usable_key");
        }
        catch (Exception e) when (e is not IssuerReadError)
        {
            throw new IssuerReadError(e switch
            {
                HttpRequestException { StatusCode: not null } => "status",
                HttpRequestException or IOException => "unreachable",
                TaskCanceledException => "slow",
                _ => "no_json",
            });
        }
    }

    public void Dispose() => http.Dispose();
}
