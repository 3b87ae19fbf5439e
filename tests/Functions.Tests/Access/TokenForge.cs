using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Functions.Tests.Access;

/// <summary>A key pair of an issuer or of an attacker.</summary>
internal sealed class ForgedKey
{
    private readonly AsymmetricAlgorithm pair;

    public ForgedKey(string id, AsymmetricAlgorithm pair) => (Id, this.pair) = (id, pair);

    public string Id { get; }

    public RSA? Rsa => pair as RSA;

    public ECDsa? Curve => pair as ECDsa;

    public string Name => pair switch { RSA => "RSA", _ => $"P-{pair.KeySize}" };

    /// <summary>The public key in PEM format.</summary>
    public string Pem => pair.ExportSubjectPublicKeyInfoPem();

    public byte[] Der => pair.ExportSubjectPublicKeyInfo();

    public Dictionary<string, object?> Jwk(bool named = true)
    {
        var jwk = new Dictionary<string, object?> { ["use"] = "sig" };
        if (named)
        {
            jwk["kid"] = Id;
        }

        if (Rsa is { } rsa)
        {
            var parameters = rsa.ExportParameters(false);
            (jwk["kty"], jwk["n"], jwk["e"]) = ("RSA", TokenForge.Encode(parameters.Modulus!), TokenForge.Encode(parameters.Exponent!));
            return jwk;
        }

        var point = Curve!.ExportParameters(false).Q;
        (jwk["kty"], jwk["crv"], jwk["x"], jwk["y"]) = ("EC", Name, TokenForge.Encode(point.X!), TokenForge.Encode(point.Y!));
        return jwk;
    }

    public byte[] Sign(string algorithm, byte[] data)
    {
        var hash = algorithm[2..] switch
        {
            "256" => HashAlgorithmName.SHA256,
            "384" => HashAlgorithmName.SHA384,
            _ => HashAlgorithmName.SHA512,
        };
        return algorithm[..2] switch
        {
            "RS" => Rsa!.SignData(data, hash, RSASignaturePadding.Pkcs1),
            "PS" => Rsa!.SignData(data, hash, RSASignaturePadding.Pss),
            _ => Curve!.SignData(data, hash),
        };
    }
}

/// <summary>Creates valid and invalid tokens without the library that validates them in the app.</summary>
internal static class TokenForge
{
    public const string Audience = "relais";

    public static readonly ForgedKey Rsa = new("rsa-1", RSA.Create(2048));
    public static readonly ForgedKey P256 = new("p256-1", ECDsa.Create(ECCurve.NamedCurves.nistP256));
    public static readonly ForgedKey P384 = new("p384-1", ECDsa.Create(ECCurve.NamedCurves.nistP384));
    public static readonly ForgedKey P521 = new("p521-1", ECDsa.Create(ECCurve.NamedCurves.nistP521));

    /// <summary>A key that no issuer publishes, with the id of a published key.</summary>
    public static readonly ForgedKey Attacker = new("rsa-1", RSA.Create(2048));

    public static readonly ForgedKey AttackerCurve = new("p256-1", ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static readonly ForgedKey[] All = [Rsa, P256, P384, P521];

    public static string KeySet(params ForgedKey[] keys) => JsonSerializer.Serialize(new { keys = keys.Select(key => key.Jwk()) });

    public static ForgedKey For(string algorithm) => algorithm switch { "ES256" => P256, "ES384" => P384, "ES512" => P521, _ => Rsa };

    public static Dictionary<string, object?> Claims(string issuer, DateTimeOffset? now = null, string subject = "awa")
    {
        var time = (now ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds();
        return new Dictionary<string, object?>
        {
            ["iss"] = issuer,
            ["sub"] = subject,
            ["aud"] = Audience,
            ["iat"] = time,
            ["nbf"] = time,
            ["exp"] = time + 3600,
            ["name"] = "Awa Diallo",
            ["email"] = "awa@clinique.example",
        };
    }

    public static Dictionary<string, object?> Header(string algorithm, string? keyId) =>
        keyId is null ? new() { ["alg"] = algorithm, ["typ"] = "JWT" } : new() { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = keyId };

    public static string Token(string issuer, string algorithm = "ES256", DateTimeOffset? now = null, string subject = "awa") =>
        Token(Claims(issuer, now, subject), algorithm);

    public static string Token(Dictionary<string, object?> claims, string algorithm = "ES256") =>
        Signed(Header(algorithm, For(algorithm).Id), claims, algorithm, For(algorithm));

    public static string Signed(Dictionary<string, object?> header, Dictionary<string, object?> claims, string algorithm, ForgedKey key) =>
        Signed(JsonSerializer.Serialize(header), JsonSerializer.Serialize(claims), algorithm, key);

    /// <param name="header">The header as JSON. It is not validated.</param>
    /// <param name="claims">The claims as JSON. They are not validated.</param>
    /// <param name="algorithm">The algorithm that signs, even if the header names another one.</param>
    /// <param name="key">The key that signs.</param>
    public static string Signed(string header, string claims, string algorithm, ForgedKey key)
    {
        var text = $"{Encode(header)}.{Encode(claims)}";
        return $"{text}.{Encode(key.Sign(algorithm, Encoding.ASCII.GetBytes(text)))}";
    }

    /// <summary>Creates a token that is signed with HMAC and the given secret.</summary>
    public static string WithSecret(string algorithm, byte[] secret, string issuer, string? keyId)
    {
        var text = $"{Encode(JsonSerializer.Serialize(Header(algorithm, keyId)))}.{Encode(JsonSerializer.Serialize(Claims(issuer)))}";
        var data = Encoding.ASCII.GetBytes(text);
        var mac = algorithm switch
        {
            "HS256" => HMACSHA256.HashData(secret, data),
            "HS384" => HMACSHA384.HashData(secret, data),
            _ => HMACSHA512.HashData(secret, data),
        };
        return $"{text}.{Encode(mac)}";
    }

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
