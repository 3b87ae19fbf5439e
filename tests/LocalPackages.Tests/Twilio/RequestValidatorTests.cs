using System.Collections.Specialized;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Twilio.Security;

namespace LocalPackages.Tests.Twilio;

public sealed class RequestValidatorTests
{
    private const string Url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    private const string JsonBody = "{\"property\": \"value\", \"boolean\": true}";
    private const string JsonHash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";

    private static readonly Dictionary<string, string> s_call = new()
    {
        ["From"] = "+14158675309",
        ["To"] = "+18005551212",
        ["CallSid"] = "CA1234567890ABCDE",
        ["Caller"] = "+14158675309",
        ["Digits"] = "1234",
    };

    private readonly RequestValidator _validator = new("12345");

    [Theory]
    [InlineData(Url, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")]
    [InlineData(Url, "kvajT1Ptam85bY51eRf/AJRuM3w=")]
    [InlineData("https://MyCompany.com/myapp.php?foo=1&bar=2", "g9IN/x4Cft2g517EjYvEvM/W7LU=")]
    [InlineData("https://mycompany.com:1234/myapp.php?foo=1&bar=2", "CYn1h0gLBdNxDGkKJg6hYohgeD8=")]
    [InlineData("https://mycompany.com:1234/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")]
    public void Known_signatures_are_accepted(string url, string signature)
    {
        Assert.True(_validator.Validate(url, s_call, signature));
        Assert.False(new RequestValidator("54321").Validate(url, s_call, signature));
    }

    [Fact]
    public void A_json_body_is_covered_by_its_hash_in_the_query()
    {
        const string url = "https://mycompany.com/myapp.php?bodySHA256=" + JsonHash;
        Assert.True(_validator.Validate(url, JsonBody, "y77kIzt2vzLz71DgmJGsen2scGs="));
        Assert.False(_validator.Validate(url, JsonBody + " ", "y77kIzt2vzLz71DgmJGsen2scGs="));
        Assert.False(_validator.Validate(Url, JsonBody, Sign("12345", Url)));
        Assert.True(RequestValidator.ValidateBody(JsonBody, JsonHash));
    }

    [Fact]
    public void Values_are_the_decoded_ones_in_utf8()
    {
        var message = new Dictionary<string, string>
        {
            ["MessageSid"] = "SM00000000000000000000000000000001",
            ["From"] = "whatsapp:+15145550100",
            ["To"] = "whatsapp:+14155238886",
            ["Body"] = "Allô 👋 100%",
            ["NumMedia"] = "0",
        };
        var validator = new RequestValidator("0123456789abcdef0123456789abcdef");
        Assert.True(validator.Validate("https://example.org/webhooks/twilio/inbound?tenant=7", message, "x8DX+79q91qRXX9Rs8y5dLO8FFg="));
    }

    [Fact]
    public void A_collection_joins_repeated_keys_and_then_refuses_what_twilio_signed()
    {
        var repeated = new NameValueCollection { { "A", "b" }, { "A", "a" }, { "A", "b" } };
        Assert.True(_validator.Validate(Url, repeated, "Hz+TOEQO5v5IbV4Z0ZKrBv5/d0I=") || _validator.Validate(Url, repeated, Sign("12345", Url + "Ab,a,b")));
        Assert.False(_validator.Validate(Url, repeated, "aFDvv79+FXlfmg3KgOraytPRvzM="));
    }

    [Fact]
    public void No_parameters_are_fine_and_no_signature_is_not()
    {
        Assert.True(_validator.Validate(Url, new Dictionary<string, string>(), Sign("12345", Url)));
        Assert.Throws<ArgumentException>(() => _validator.Validate(Url, s_call, ""));
        Assert.Throws<ArgumentException>(() => _validator.Validate("", s_call, "x"));
    }

    [Fact]
    public void What_is_signed_is_accepted_and_nothing_changed_is()
    {
        var text = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => s.Get);
        var cases = text.Zip(text, (key, value) => (key, value)).ArrayOf()
            .Zip(text, (pairs, query) => (pairs: pairs.DistinctBy(p => p.key).ToDictionary(p => p.key, p => p.value), query))
            .Zip(text.Where(s => s.Length > 0), (c, change) => (c.pairs, c.query, change));
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var url = $"https://Example.org/hook?q={Uri.EscapeDataString(c.query.Replace("\ud800", "", StringComparison.Ordinal))}";
            var signature = Sign("12345", url + string.Concat(c.pairs.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Key + p.Value)));
            var accepted = _validator.Validate(url, c.pairs, signature);
            var changed = new Dictionary<string, string>(c.pairs) { ["zz"] = c.change + c.pairs.GetValueOrDefault("zz") };
            return accepted && !_validator.Validate(url, changed, signature) && !_validator.Validate(url + "&x=1", c.pairs, signature);
        }).QuickCheckThrowOnFailure();
    }

    [SuppressMessage("Security", "CA5350", Justification = "Twilio signs with HMAC-SHA1.")]
    private static string Sign(string token, string text) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(text)));
}
