using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Relais.Access.Tokens;

/// <summary>A public key of the issuer, and the algorithms that it may verify.</summary>
internal sealed record IssuerKey(string? Id, SecurityKey Key, IReadOnlyList<string> Algorithms)
{
    private const int SmallestRsaKey = 2048;
    private const int LargestRsaKey = 8192;
    private const int LongestExponent = 4;

    /// <summary>Reads one JSON web key; null when it is damaged, too weak, or not for signatures.</summary>
    public static IssuerKey? Read(JsonElement json)
    {
        try
        {
            var jwk = new JsonWebKey(json.GetRawText());
            // with a certificate the library would take the key of the certificate instead
            jwk.X5c.Clear();
            return IsForSignatures(jwk, json)
                && JsonWebKeyConverter.TryConvertToSecurityKey(jwk, out var key)
                && AllowedAlgorithms(jwk, key) is [_, ..] algorithms
                    ? new IssuerKey(jwk.Kid, key, algorithms)
                    : null;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    private static bool IsForSignatures(JsonWebKey jwk, JsonElement json) =>
        jwk.Use is null or "sig" && (!json.TryGetProperty("key_ops", out _) || jwk.KeyOps.Contains("verify"));

    private static IReadOnlyList<string> AllowedAlgorithms(JsonWebKey jwk, SecurityKey key)
    {
        var fitting = key switch
        {
            RsaSecurityKey rsa when IsStrong(rsa.Parameters) => SigningAlgorithm.Rsa,
            ECDsaSecurityKey => SigningAlgorithm.ForCurve(jwk.Crv),
            _ => [],
        };
        return jwk.Alg is null ? fitting : [.. fitting.Where(algorithm => algorithm == jwk.Alg)];
    }

    private static bool IsStrong(RSAParameters key)
    {
        using var rsa = RSA.Create(key);
        return rsa.KeySize is >= SmallestRsaKey and <= LargestRsaKey
            && key.Exponent is { Length: <= LongestExponent } and not [1] && (key.Exponent[^1] & 1) == 1;
    }
}

/// <summary>The issuer's keys as it published them at one time.</summary>
internal sealed class IssuerKeySet(IReadOnlyList<IssuerKey> keys)
{
    /// <summary>True also for a token that names no key.</summary>
    public bool Contains(string? keyId) => keyId is null || keys.Any(key => key.Id == keyId);

    /// <summary>The key that the token names, or the only key when it names none; null when that key is for other algorithms.</summary>
    public SecurityKey? Find(TokenHeader header) => header.KeyId is null
        ? keys is [var only] && only.Algorithms.Contains(header.Algorithm) ? only.Key : null
        : keys.FirstOrDefault(key => key.Id == header.KeyId && key.Algorithms.Contains(header.Algorithm))?.Key;
}
