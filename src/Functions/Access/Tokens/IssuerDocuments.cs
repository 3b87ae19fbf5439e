using System.Text.Json;

namespace Relais.Access.Tokens;

/// <summary>What the issuer answered is of no use; the word says why.</summary>
internal sealed class IssuerFault(string word) : Exception(word)
{
    public string Word => Message;
}

/// <summary>Reads the issuer's discovery document and the keys that it points at.</summary>
internal sealed class IssuerDocuments : IDisposable
{
    private const int LargestDocument = 256 * 1024;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(4);

    private readonly string issuer;
    private readonly HttpClient http;

    public IssuerDocuments(AccessOptions options)
    {
        issuer = options.Issuer;
        var sockets = new SocketsHttpHandler
        {
            // an address that the issuer did not state itself is not followed
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = CallLimit,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        http = new HttpClient(sockets) { Timeout = CallLimit, MaxResponseContentBufferSize = LargestDocument };
    }

    /// <exception cref="IssuerFault">It cannot be reached, or does not say what it should.</exception>
    public async Task<KeySet> ReadAsync()
    {
        try
        {
            return await ReadKeysAsync();
        }
        catch (Exception e) when (e is not IssuerFault)
        {
            // such as text with half a surrogate pair
            throw new IssuerFault("damaged");
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<KeySet> ReadKeysAsync()
    {
        using var discovery = await GetAsync($"{issuer.TrimEnd('/')}/.well-known/openid-configuration");
        if (TokenText.Text(discovery.RootElement, "issuer") != issuer)
        {
            throw new IssuerFault("other_issuer");
        }

        if (TokenText.Text(discovery.RootElement, "jwks_uri") is not { } address || !AccessOptions.IsTrustworthy(address.Split('?')[0]))
        {
            throw new IssuerFault("keys_address");
        }

        using var document = await GetAsync(address);
        if (!document.RootElement.TryGetProperty("keys", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            throw new IssuerFault("keys_form");
        }

        var keys = list.EnumerateArray().Select(IssuerKey.From).OfType<IssuerKey>().ToList();
        return keys.Count > 0 ? new KeySet(keys) : throw new IssuerFault("no_usable_key");
    }

    private async Task<JsonDocument> GetAsync(string address)
    {
        try
        {
            using var response = await http.GetAsync(address);
            if (!response.IsSuccessStatusCode)
            {
                throw new IssuerFault("status");
            }

            var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new IssuerFault("no_object");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException)
        {
            throw new IssuerFault(e is JsonException ? "no_json" : e is TaskCanceledException ? "slow" : "unreachable");
        }
    }
}
