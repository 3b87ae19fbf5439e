namespace Relais.DevHost.Issuer;

/// <summary>Publishes the signing keys, and signs access tokens and ID tokens with the newest key.</summary>
internal sealed class IssuerTokens(string issuer, DevIssuerOptions options, TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    private IReadOnlyList<SigningKey> keys = [SigningKey.From(options.Key)];

    public string Audience => options.Audience;

    public int LifetimeSeconds => (int)options.Lifetime.TotalSeconds;

    public object KeySet
    {
        get
        {
            lock (gate)
            {
                return new { keys = keys.Select(key => key.Public).ToArray() };
            }
        }
    }

    public void Rotate(bool keepOld)
    {
        lock (gate)
        {
            keys = [SigningKey.From(SigningKey.NewText()), .. keepOld ? keys : []];
        }
    }

    public string AccessToken(DemoUser user) => Sign("at+jwt", Claims(user, options.Audience));

    public string IdToken(DemoUser user, string clientId, string? nonce)
    {
        var claims = Claims(user, clientId);
        if (nonce is not null)
        {
            claims["nonce"] = nonce;
        }

        return Sign("JWT", claims);
    }

    public void Dispose()
    {
        foreach (var key in keys)
        {
            key.Dispose();
        }
    }

    private string Sign(string type, Dictionary<string, object?> claims)
    {
        lock (gate)
        {
            return keys[0].Sign(type, claims);
        }
    }

    private Dictionary<string, object?> Claims(DemoUser user, string audience)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return new Dictionary<string, object?>
        {
            ["iss"] = issuer,
            ["sub"] = user.Subject,
            ["aud"] = audience,
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + LifetimeSeconds,
            ["name"] = user.Name,
            ["email"] = user.Email,
        };
    }
}
