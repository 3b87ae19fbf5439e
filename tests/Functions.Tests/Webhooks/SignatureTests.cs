using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Relais.Channels;
using Relais.Channels.Twilio;
using Relais.Kit;
using Relais.Platform.Http;
using Relais.Webhooks;
using Twilio.Security;

namespace Functions.Tests.Webhooks;

/// <summary>
/// The check accepts exactly the signatures that the validator of the Twilio SDK accepts for a URL that Twilio may have signed.
/// </summary>
public sealed class SignatureTests
{
    private const string Token = "12345";
    private const string Path = "/api/webhook-router";
    private static readonly List<KeyValuePair<string, string>> Form =
        [
            new("MessageSid", "SM1"), new("From", "whatsapp:+15145550100"), new("Body", "Allô 👋 100%"), new("NumMedia", ""),
        ];

    [Theory]
    [InlineData("https://relais.example:8443", "https://relais.example")]
    [InlineData("https://relais.example:8443", "https://relais.example:8443")]
    [InlineData("https://relais.example", "https://relais.example")]
    [InlineData("https://relais.example", "https://relais.example:443")]
    [InlineData("https://relais.example:443", "https://relais.example")]
    [InlineData("https://relais.example:443", "https://relais.example:443")]
    [InlineData("http://relais.example", "http://relais.example:80")]
    [InlineData("http://relais.example:80", "http://relais.example")]
    [InlineData("http://relais.example:7071", "http://relais.example")]
    [InlineData("https://relais.example/", "https://relais.example")]
    [InlineData("https://relais.example/base", "https://relais.example/base")]
    [InlineData("https://relais.example/base/", "https://relais.example/base")]
    [InlineData("https://relais.example:8443/base/", "https://relais.example/base")]
    [InlineData("https://Relais.Example", "https://Relais.Example")]
    [InlineData("https://Relais.Example", "https://relais.example")]
    [InlineData("https://user:secret@relais.example", "https://user:secret@relais.example")]
    [InlineData("https://[::1]:8443", "https://[::1]")]
    public void FieldTrial_F06_A_signature_with_or_without_the_port_is_valid(string publicUrl, string signedUrl)
    {
        foreach (var tail in new[] { Path, $"{Path}/", $"{Path}?m=1&a=2", $"{Path}?b=a%20b&c=%C3%A9&d" })
        {
            Assert.True(IsValid(publicUrl, tail, WebhookSignature.Of(signedUrl + tail, Form, Token)), tail);
        }
    }

    [Theory]
    [InlineData("https://relais.example", "http://relais.example")]
    [InlineData("https://relais.example", "https://relais.example:8443")]
    [InlineData("https://relais.example:8443", "https://relais.example:8444")]
    [InlineData("https://relais.example", "https://relais.example.evil.example")]
    [InlineData("https://relais.example", "https://evil.example")]
    [InlineData("https://relais.example/base", "https://relais.example")]
    [InlineData("https://relais.example", "https://relais.example/base")]
    public void FieldTrial_F06_Another_scheme_host_port_or_path_is_refused(string publicUrl, string signedUrl) =>
        Assert.False(IsValid(publicUrl, Path, WebhookSignature.Of(signedUrl + Path, Form, Token)));

    [Theory]
    [InlineData("internal:8080", "https", null, null, "https://internal:8080")]
    [InlineData("internal:8080", "https", null, null, "https://internal")]
    [InlineData("internal", "https", "relais.example:8443", null, "https://relais.example")]
    [InlineData("internal", "https", "relais.example", "8443", "https://relais.example:8443")]
    [InlineData("internal", "http", "relais.example", null, "https://relais.example:443")]
    [InlineData("internal", "http", "relais.example, proxy.example", null, "https://relais.example")]
    public void FieldTrial_F06_Forwarded_headers_count_only_from_a_trusted_proxy(
        string host, string scheme, string? forwardedHost, string? forwardedPort, string signedUrl)
    {
        var signature = WebhookSignature.Of(signedUrl + Path, Form, Token);

        Assert.True(IsValid("https://elsewhere.example", Path, signature, Trusting, Forwarded));
        Assert.False(IsValid("https://elsewhere.example", Path, signature, null, Forwarded));

        void Forwarded(HttpRequest request)
        {
            request.Host = new HostString(host);
            request.Scheme = scheme;
            request.Headers["X-Forwarded-Host"] = forwardedHost;
            request.Headers["X-Forwarded-Port"] = forwardedPort;
        }
    }

    [Theory]
    [InlineData("[bad")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("relais.example:99999")]
    [InlineData("xn--a.example")]
    [InlineData("relais.example/path?x=1#f")]
    public void FieldTrial_F06_An_invalid_forwarded_host_is_ignored(string host)
    {
        void Forwarded(HttpRequest request) => request.Headers["X-Forwarded-Host"] = host;

        Assert.False(IsValid("https://elsewhere.example", Path, "wrong", Trusting, Forwarded));
        Assert.True(
            IsValid(
                "https://relais.example", Path, WebhookSignature.Of($"https://relais.example{Path}", Form, Token), Trusting, Forwarded));
    }

    [Theory]
    [InlineData("aFDvv79+FXlfmg3KgOraytPRvzM=")]
    [InlineData("Hz+TOEQO5v5IbV4Z0ZKrBv5/d0I=")]
    public void FieldTrial_F06_Repeated_parameters_are_valid_in_the_form_of_twilio_and_of_the_sdk(string signature)
    {
        List<KeyValuePair<string, string>> form = [new("A", "b"), new("A", "a"), new("A", "b")];
        const string url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        var validBySdk = new RequestValidator(Token).Validate(
            url, new System.Collections.Specialized.NameValueCollection { { "A", "b" }, { "A", "a" }, { "A", "b" } }, signature);

        Assert.Equal(signature[0] == 'H', validBySdk);
        Assert.True(TwilioSignatureCheck.IsValid(signature, null, [url], Request(form), Token));
        Assert.False(TwilioSignatureCheck.IsValid(signature, null, [url], Request([.. form, new("A", "c")]), Token));
        Assert.False(TwilioSignatureCheck.IsValid(signature, null, [url], Request([new("A", "b"), new("B", "a")]), Token));
    }

    [Fact]
    public void FieldTrial_F06_A_form_without_parameters_is_valid()
    {
        var url = $"https://relais.example{Path}";

        Assert.True(TwilioSignatureCheck.IsValid(WebhookSignature.Of(url, [], Token), null, [url], Request([]), Token));
        Assert.True(
            TwilioSignatureCheck.IsValid(
                WebhookSignature.Of(url, [], Token), null, [url], new WebhookRequest([], [], [], IsForm: false), Token));
        Assert.False(TwilioSignatureCheck.IsValid(WebhookSignature.Of(url, [], Token), null, [url], Request(Form), Token));
    }

    [Theory]
    [InlineData("{\"property\": \"value\", \"boolean\": true}")]
    [InlineData("[1,2,3]")]
    [InlineData("pas du JSON : é👋")]
    public void FieldTrial_F06_A_json_body_is_checked_by_its_hash_in_the_url(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var url = $"https://relais.example:8443{Path}?x=1&bodySHA256={Convert.ToHexStringLower(SHA256.HashData(bytes))}";
        var signature = WebhookSignature.Of(url.Replace(":8443", "", StringComparison.Ordinal), [], Token);

        Assert.True(TwilioSignatureCheck.IsValid(signature, null, [url], new WebhookRequest(bytes, [], [], IsForm: false), Token));
        Assert.False(
            TwilioSignatureCheck.IsValid(signature, null, [url], new WebhookRequest([.. bytes, (byte)' '], [], [], IsForm: false), Token));
        Assert.False(
            TwilioSignatureCheck.IsValid(
                signature, null, [url], new WebhookRequest([], [], [], IsForm: false) with { Body = [0xff, 0xfe] }, Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?bodySHA256")]
    [InlineData("?bodySHA256=")]
    [InlineData("?x=1&bodySHA256&bodySHA256=00")]
    [InlineData("?bodysha256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620")]
    public void FieldTrial_F06_A_body_that_the_signature_does_not_cover_is_refused(string query)
    {
        var url = $"https://relais.example{Path}{query}";
        var body = Encoding.UTF8.GetBytes("{\"property\": \"value\", \"boolean\": true}");

        Assert.False(
            TwilioSignatureCheck.IsValid(
                WebhookSignature.Of(url, [], Token), null, [url], new WebhookRequest(body, [], [], IsForm: false), Token));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("key=webhooks_sharedkey_1,algorithm=HMAC_SHA1", true)]
    [InlineData("key=webhooks_sharedkey_1,algorithm=HMAC_SHA256", false)]
    [InlineData("key=webhooks_sharedkey_1,algorithm=none", false)]
    public void FieldTrial_F06_The_signature_algorithm_of_the_request_is_used(string? settings, bool isSha1)
    {
        var url = $"https://relais.example{Path}";
        var sha256 = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Token), Encoding.UTF8.GetBytes(url)));

        Assert.Equal(isSha1, TwilioSignatureCheck.IsValid(WebhookSignature.Of(url, [], Token), settings, [url], Request([]), Token));
        Assert.Equal(
            settings?.EndsWith("HMAC_SHA256", StringComparison.Ordinal) == true,
            TwilioSignatureCheck.IsValid(sha256, settings, [url], Request([]), Token));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData("RSOYDt4T1cUTdK1PDd93/VVr8B8=")]
    public void A_missing_or_foreign_signature_is_refused(string? signature) =>
        Assert.False(IsValid("https://relais.example", Path, signature));

    [Fact]
    public void Known_signatures_are_valid()
    {
        List<KeyValuePair<string, string>> call =
            [
                new("From", "+14158675309"), new("To", "+18005551212"), new("CallSid", "CA1234567890ABCDE"), new("Caller", "+14158675309"),
                new("Digits", "1234"),
            ];
        List<KeyValuePair<string, string>> message =
            [
                new("MessageSid", "SM00000000000000000000000000000001"), new("From", "whatsapp:+15145550100"),
                new("To", "whatsapp:+14155238886"), new("Body", "Allô 👋 100%"), new("NumMedia", "0"),
            ];
        (string Url, List<KeyValuePair<string, string>> Form, string Signature, string Token)[] signatures =
        [
            ("https://mycompany.com/myapp.php?foo=1&bar=2", call, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", Token),
            ("https://mycompany.com/myapp.php?foo=1&bar=2", call, "kvajT1Ptam85bY51eRf/AJRuM3w=", Token),
            ("https://MyCompany.com/myapp.php?foo=1&bar=2", call, "g9IN/x4Cft2g517EjYvEvM/W7LU=", Token),
            ("https://mycompany.com:1234/myapp.php?foo=1&bar=2", call, "CYn1h0gLBdNxDGkKJg6hYohgeD8=", Token),
            ("https://example.org/webhooks/twilio/inbound?tenant=7", message, "x8DX+79q91qRXX9Rs8y5dLO8FFg=",
                "0123456789abcdef0123456789abcdef"),
        ];

        Assert.All(
            signatures,
            item => Assert.True(TwilioSignatureCheck.IsValid(item.Signature, null, [item.Url], Request(item.Form), item.Token)));
        Assert.All(
            signatures,
            item => Assert.False(TwilioSignatureCheck.IsValid(item.Signature, null, [item.Url], Request(item.Form), "54321")));
    }

    [Fact]
    public void A_signed_request_is_accepted_and_a_changed_request_is_refused()
    {
        var text = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => s.Get.Replace("\0", "", StringComparison.Ordinal));
        var cases = text.Zip(text, (key, value) => KeyValuePair.Create(key, value)).ArrayOf().Zip(text, (pairs, change) => (pairs, change));
        Prop.ForAll(cases.ToArbitrary(), example =>
        {
            var url = $"https://relais.example{Path}?q=1";
            var form = example.pairs.ToList();
            var signature = WebhookSignature.Of(url, form, Token);
            bool Valid(List<KeyValuePair<string, string>> changed, string changedUrl) =>
                TwilioSignatureCheck.IsValid(signature, null, [changedUrl], Request(changed), Token);
            return Valid(form, url) && !Valid([.. form, new("zz", $"x{example.change}")], url) && !Valid(form, $"{url}&x=1");
        }).QuickCheckThrowOnFailure();
    }

    private static void Nothing(HttpRequest request)
    {
    }

    private static WebhookOptions Trusting { get; } = new() { TrustForwardedHeaders = true };

    private static WebhookRequest Request(IReadOnlyList<KeyValuePair<string, string>> form) =>
        new(new FormUrlEncodedContent(form).ReadAsByteArrayAsync().GetAwaiter().GetResult(), form, [], IsForm: true);

    private static bool IsValid(
        string publicUrl, string tail, string? signature, WebhookOptions? options = null, Action<HttpRequest>? change = null)
    {
        var http = new DefaultHttpContext();
        http.Request.Scheme = "http";
        http.Request.Host = new HostString("internal");
        http.Request.Path = tail.Split('?')[0];
        http.Request.QueryString = new QueryString(tail.Contains('?', StringComparison.Ordinal) ? $"?{tail.Split('?', 2)[1]}" : "");
        (change ?? Nothing)(http.Request);
        var urls = TwilioSignatureCheck.UrlsThatMayBeSigned(
            http.Request, new PublicUrl(new Uri(publicUrl), trustForwardedHeaders: options?.TrustForwardedHeaders ?? false));
        return TwilioSignatureCheck.IsValid(signature, null, urls, Request(Form), Token);
    }
}
