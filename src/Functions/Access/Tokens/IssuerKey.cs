using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Relais.Access.Tokens;

/// <summary>A public key that the issuer signs with, and the algorithms that it may be used for.</summary>
internal sealed record IssuerKey(string? Id, SecurityKey Key, IReadOnlyList<string> Algorithms)
{
    private const int SmallestRsa = 2048;
    private const int LargestRsa = 8192;
    private const int LargestExponent = 4;

    /// <summary>A JSON web key; null for one that is not for signatures, is weak, or is damaged.</summary>
    public static IssuerKey? From(JsonElement jwk)
    {
        try
        {
            return jwk.ValueKind == JsonValueKind.Object && IsForSignatures(jwk)
                ? TokenText.Text(jwk, "kty") switch
                {
                    "RSA" => Of(jwk, Rsa(jwk), SigningAlgorithm.Rsa),
                    "EC" => Of(jwk, Curve(jwk), [SigningAlgorithm.ForCurve(TokenText.Text(jwk, "crv") ?? "") ?? ""]),
                    _ => null,
                }
                : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static bool IsForSignatures(JsonElement jwk) =>
        (!jwk.TryGetProperty("use", out _) || TokenText.Text(jwk, "use") == "sig")
        && (!jwk.TryGetProperty("key_ops", out var uses)
            || (uses.ValueKind == JsonValueKind.Array && uses.EnumerateArray().Any(use => use.ValueKind == JsonValueKind.String && use.ValueEquals("verify"))));

    private static IssuerKey? Of(JsonElement jwk, SecurityKey? key, IReadOnlyList<string> fitting)
    {
        if (jwk.TryGetProperty("alg", out _))
        {
            fitting = [.. fitting.Where(algorithm => algorithm == TokenText.Text(jwk, "alg"))];
        }

        return key is null || fitting.Count == 0 ? null : new IssuerKey(TokenText.Text(jwk, "kid"), key, fitting);
    }

    private static RsaSecurityKey? Rsa(JsonElement jwk)
    {
        var parameters = new RSAParameters { Modulus = Bytes(jwk, "n"), Exponent = Bytes(jwk, "e") };
        using var rsa = RSA.Create(parameters);
        return rsa.KeySize is >= SmallestRsa and <= LargestRsa && parameters.Exponent!.Length <= LargestExponent && (parameters.Exponent[^1] & 1) == 1
            && parameters.Exponent is not [1]
                ? new RsaSecurityKey(parameters)
                : null;
    }

    private static ECDsaSecurityKey? Curve(JsonElement jwk) => TokenText.Text(jwk, "crv") is "P-256" or "P-384" or "P-521"
        ? new ECDsaSecurityKey(ECDsa.Create(new ECParameters
        {
            Curve = TokenText.Text(jwk, "crv") switch { "P-256" => ECCurve.NamedCurves.nistP256, "P-384" => ECCurve.NamedCurves.nistP384, _ => ECCurve.NamedCurves.nistP521 },
            Q = new ECPoint { X = Bytes(jwk, "x"), Y = Bytes(jwk, "y") },
        }))
        : null;

    private static byte[] Bytes(JsonElement jwk, string name) => TokenText.Text(jwk, name) is { Length: > 0 } text ? Base64Url.DecodeFromChars(text) : throw new FormatException(name);
}

/// <summary>The issuer's keys as it published them at one time.</summary>
internal sealed class KeySet(IReadOnlyList<IssuerKey> keys)
{
    /// <summary>The key is here, or the token names none.</summary>
    public bool Knows(string? keyId) => keyId is null || keys.Any(key => key.Id == keyId);

    /// <summary>The named key, or the only one where a token names none; never one that is not for this algorithm.</summary>
    public IssuerKey? Find(TokenHeader header) => header.KeyId is null
        ? keys is [var only] && only.Algorithms.Contains(header.Algorithm) ? only : null
        : keys.FirstOrDefault(key => key.Id == header.KeyId && key.Algorithms.Contains(header.Algorithm));
}
