using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Relais.Access;
using Relais.Access.Tokens;
using Relais.DevHost.Issuer;

namespace Functions.Tests.Access;

/// <summary>Tests the token issuer of the development host from the side of a browser and from the side of the app.</summary>
public sealed partial class DevIssuerTests : IAsyncLifetime, IDisposable
{
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Callback = "http://localhost:5173/retour?x=1";

    private readonly HttpClient browser = new(new HttpClientHandler { AllowAutoRedirect = false });
    private DevIssuer issuer = null!;

    public async Task InitializeAsync() => issuer = await DevIssuer.StartAsync(new DevIssuerOptions());

    public Task DisposeAsync() => issuer.DisposeAsync().AsTask();

    public void Dispose() => browser.Dispose();

    [Fact]
    public async Task Signing_in_at_the_page_gives_an_accepted_token()
    {
        var page = await browser.GetStringAsync(Authorize());
        Assert.All(DemoUser.All, user => Assert.Contains($"value=\"{user.Subject}\"", page, StringComparison.Ordinal));

        var code = await SignInAsync("demo-claire");
        var tokens = await RedeemAsync(code);
        var secondRedemption = await RedeemAsync(code);

        Assert.Equal("demo-claire", (await VerifyAsync(tokens.GetProperty("access_token").GetString()!)).Value.Subject);
        Assert.Equal("Bearer", tokens.GetProperty("token_type").GetString());
        var idToken = JsonDocument.Parse(Base64Url.DecodeFromChars(tokens.GetProperty("id_token").GetString()!.Split('.')[1])).RootElement;
        Assert.Equal(("admin", "n1"), (idToken.GetProperty("aud").GetString(), idToken.GetProperty("nonce").GetString()));
        Assert.Equal("invalid_grant", secondRedemption.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("code_verifier", "another")]
    [InlineData("client_id", "another")]
    [InlineData("redirect_uri", "http://localhost:5173/")]
    [InlineData("code", "another")]
    public async Task A_code_works_only_for_the_client_that_requested_it(string field, string value)
    {
        var answer = await RedeemAsync(await SignInAsync("demo-awa"), (field, value));

        Assert.Equal("invalid_grant", answer.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("redirect_uri", "https://elsewhere.example/")]
    [InlineData("redirect_uri", "http://127.0.0.1.elsewhere.example/")]
    [InlineData("redirect_uri", "javascript:alert(1)")]
    [InlineData("redirect_uri", "")]
    [InlineData("code_challenge_method", "plain")]
    [InlineData("code_challenge", "")]
    [InlineData("response_type", "token")]
    [InlineData("client_id", "")]
    [InlineData("client_id", "relais")]
    public async Task An_unsafe_sign_in_request_shows_an_error(string field, string value)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            using var request = new HttpRequestMessage(method, Authorize((field, value)));
            request.Content = method == HttpMethod.Post ? new FormUrlEncodedContent([new("user", "demo-awa")]) : null;
            using var response = await browser.SendAsync(request);

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Null(response.Headers.Location);
        }
    }

    [Fact]
    public async Task The_page_encodes_client_input()
    {
        var page = await browser.GetStringAsync(Authorize(("state", "\"><script>alert(1)</script>")));

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Single(Form().Matches(page));
    }

    [Fact]
    public async Task The_password_grant_returns_a_token()
    {
        async Task<JsonElement> AskAsync(string name, string password)
        {
            using var response = await browser.PostAsync(
                new Uri($"{issuer.Address}/token"),
                new FormUrlEncodedContent([new("grant_type", "password"), new("username", name), new("password", password)]));
            return await response.Content.ReadFromJsonAsync<JsonElement>();
        }

        var token = (await AskAsync("awa@clinique.example", "demo")).GetProperty("access_token").GetString()!;

        Assert.Equal(new SignedInUser(issuer.Address, "demo-awa", "Awa Diallo", "awa@clinique.example"), (await VerifyAsync(token)).Value);
        Assert.Equal("invalid_grant", (await AskAsync("awa@clinique.example", "wrong")).GetProperty("error").GetString());
        Assert.Equal("invalid_grant", (await AskAsync("nobody", "demo")).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Tokens_stay_valid_after_a_restart_with_the_same_key_and_after_a_rotation()
    {
        var key = new DevIssuerOptions().Key;
        await using var first = await DevIssuer.StartAsync(new DevIssuerOptions { Key = key });
        var token = first.AccessTokenFor(DemoUser.Awa);
        var port = new Uri(first.Address).Port;
        await first.DisposeAsync();
        await using var second = await DevIssuer.StartAsync(new DevIssuerOptions { Key = key, Port = port });

        Assert.Null((await VerifyAsync(token, second)).Failure);
        second.Rotate();
        Assert.Null((await VerifyAsync(token, second)).Failure);
        Assert.Null((await VerifyAsync(second.AccessTokenFor(DemoUser.Awa), second)).Failure);
        second.Rotate(keepOld: false);
        Assert.Equal("unauthorized", (await VerifyAsync(token, second)).Failure!.Code);
    }

    [Theory]
    [InlineData("http://localhost:5173", true)]
    [InlineData("http://127.0.0.1:4173", true)]
    [InlineData("https://elsewhere.example", false)]
    [InlineData("http://localhost.elsewhere.example", false)]
    [InlineData("null", false)]
    public async Task Only_local_pages_may_read_the_answers(string origin, bool isAllowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, $"{issuer.Address}/token");
        request.Headers.Add("Origin", origin);
        using var response = await browser.SendAsync(request);

        Assert.Equal(
            isAllowed ? origin : null,
            response.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null);
    }

    [Fact]
    public async Task A_foreign_host_name_gets_421()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{issuer.Address}/keys");
        request.Headers.Host = "rebound.example";
        using var response = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
    }

    [Fact]
    public async Task Sign_out_redirects_only_to_local_pages()
    {
        using var local = await browser.GetAsync(
            new Uri($"{issuer.Address}/sign-out?post_logout_redirect_uri={Uri.EscapeDataString("http://localhost:5173/")}"));
        using var foreign = await browser.GetAsync(
            new Uri($"{issuer.Address}/sign-out?post_logout_redirect_uri={Uri.EscapeDataString("https://elsewhere.example/")}"));

        Assert.Equal(new Uri("http://localhost:5173/"), local.Headers.Location);
        Assert.Equal((HttpStatusCode.OK, null), (foreign.StatusCode, foreign.Headers.Location));
    }

    private Uri Authorize(params (string Name, string Value)[] changes)
    {
        var query = new Dictionary<string, string>
        {
            ["response_type"] = "code",
            ["client_id"] = "admin",
            ["redirect_uri"] = Callback,
            ["scope"] = "openid",
            ["state"] = "s1",
            ["nonce"] = "n1",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
        {
            query[name] = value;
        }

        return new Uri(
            $"{issuer.Address}/authorize?{string.Join('&', query.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"))}");
    }

    private async Task<string> SignInAsync(string subject)
    {
        using var response = await browser.PostAsync(Authorize(), new FormUrlEncodedContent([new("user", subject)]));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        var location = response.Headers.Location!.ToString();
        Assert.StartsWith($"{Callback}&code=", location, StringComparison.Ordinal);
        Assert.EndsWith("&state=s1", location, StringComparison.Ordinal);
        return Code().Match(location).Groups[1].Value;
    }

    private async Task<JsonElement> RedeemAsync(string code, params (string Name, string Value)[] changes)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["client_id"] = "admin",
            ["redirect_uri"] = Callback,
            ["code_verifier"] = Verifier,
        };
        foreach (var (name, value) in changes)
        {
            form[name] = value;
        }

        using var response = await browser.PostAsync(new Uri($"{issuer.Address}/token"), new FormUrlEncodedContent(form));
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<Relais.Platform.Result<SignedInUser>> VerifyAsync(string token, DevIssuer? by = null)
    {
        by ??= issuer;
        var options = new AccessOptions { Issuer = by.Address, Audience = by.Audience };
        using var documents = new IssuerClient(options);
        var keys = new IssuerKeyCache(documents, TimeProvider.System, NullLogger<IssuerKeyCache>.Instance);
        return await new VerifyToken(options, keys, TimeProvider.System, NullLogger<VerifyToken>.Instance).RunAsync(token, default);
    }

    [GeneratedRegex("<form ")]
    private static partial Regex Form();

    [GeneratedRegex("[?&]code=([^&]+)")]
    private static partial Regex Code();
}
