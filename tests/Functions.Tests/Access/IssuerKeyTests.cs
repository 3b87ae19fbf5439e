using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Relais.Access.Tokens;

namespace Functions.Tests.Access;

/// <summary>Keys that the token library would accept as they are, but that the app refuses or reads differently.</summary>
public sealed class IssuerKeyTests
{
    private static readonly string[] VerifyAndMore = ["sign", "verify"];
    private static readonly string[] SignOnly = ["sign"];

    [Fact]
    public void A_certificate_in_a_key_does_not_replace_the_published_key()
    {
        var request = new CertificateRequest("CN=other", TokenForge.Attacker.Rsa!, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        var jwk = TokenForge.Rsa.Jwk();
        jwk["x5c"] = new[] { Convert.ToBase64String(certificate.RawData) };

        var key = Assert.IsType<RsaSecurityKey>(Read(jwk)!.Key);

        Assert.Equal(TokenForge.Rsa.Rsa!.ExportParameters(false).Modulus, key.Parameters.Modulus);
    }

    [Fact]
    public void A_small_modulus_with_leading_zeros_is_refused()
    {
        using var small = RSA.Create(1024);
        var parameters = small.ExportParameters(false);

        Assert.Null(Read(Changed("n", TokenForge.Encode([.. new byte[128], .. parameters.Modulus!]))));
    }

    [Theory]
    [InlineData("AQ")]
    [InlineData("AA")]
    [InlineData("AQAA")]
    [InlineData("AQAAAAE")]
    public void A_weak_or_long_exponent_is_refused(string exponent) => Assert.Null(Read(Changed("e", exponent)));

    [Fact]
    public void A_key_for_other_operations_is_refused()
    {
        Assert.Equal(SigningAlgorithm.Rsa, Read(Changed("key_ops", VerifyAndMore))!.Algorithms);
        Assert.Null(Read(Changed("key_ops", SignOnly)));
        Assert.Null(Read(Changed("key_ops", Array.Empty<string>())));
        Assert.Null(Read(Changed("use", "enc")));
    }

    [Theory]
    [InlineData("RS512", true)]
    [InlineData("ES256", false)]
    [InlineData("RSA-OAEP", false)]
    public void A_key_is_used_only_for_its_named_algorithm(string algorithm, bool isAccepted)
    {
        var key = Read(Changed("alg", algorithm));

        Assert.Equal(isAccepted ? [algorithm] : null, key?.Algorithms);
    }

    [Fact]
    public void Each_curve_has_one_algorithm() =>
        Assert.Equal(
            ["ES256", "ES384", "ES512"],
            new[] { TokenForge.P256, TokenForge.P384, TokenForge.P521 }.SelectMany(key => Read(key.Jwk())!.Algorithms));

    private static Dictionary<string, object?> Changed(string member, object value) => new(TokenForge.Rsa.Jwk()) { [member] = value };

    private static IssuerKey? Read(Dictionary<string, object?> jwk) => IssuerKey.Read(JsonSerializer.SerializeToElement(jwk));
}
