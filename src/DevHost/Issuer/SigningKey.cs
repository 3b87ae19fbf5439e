using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Relais.DevHost.Issuer;

/// <summary>A P-256 key pair that signs JSON Web Tokens with ES256. Its key id is derived from its thumbprint (RFC 7638).</summary>
internal sealed class SigningKey : IDisposable
{
    private readonly ECDsa pair;

    private SigningKey(ECDsa pair)
    {
        this.pair = pair;
        var point = pair.ExportParameters(includePrivateParameters: false).Q;
        (X, Y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        var thumbprintInput = $$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""";
        Id = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(thumbprintInput)))[..16];
    }

    public string Id { get; }

    private string X { get; }

    private string Y { get; }

    /// <param name="text">A text from <see cref="NewText"/>.</param>
    public static SigningKey From(string text)
    {
        var pair = ECDsa.Create();
        pair.ImportPkcs8PrivateKey(Convert.FromBase64String(text), out _);
        return new SigningKey(pair);
    }

    /// <summary>Creates a key pair.</summary>
    /// <returns>PKCS #8 in base64.</returns>
    public static string NewText()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(pair.ExportPkcs8PrivateKey());
    }

    /// <summary>The public key as a JSON Web Key.</summary>
    public object Public => new { kty = "EC", crv = "P-256", use = "sig", alg = "ES256", kid = Id, x = X, y = Y };

    /// <returns>The signed token in compact form.</returns>
    public string Sign(string type, IReadOnlyDictionary<string, object?> claims)
    {
        var text = $"{Encode(new Dictionary<string, object?> { ["alg"] = "ES256", ["typ"] = type, ["kid"] = Id })}.{Encode(claims)}";
        lock (pair)
        {
            return $"{text}.{Base64Url.EncodeToString(pair.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
        }
    }

    public void Dispose() => pair.Dispose();

    private static string Encode(IReadOnlyDictionary<string, object?> json) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
