using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Relais.Access;
using Relais.Access.Tokens;
using Relais.Kit;
using Relais.Platform;

namespace Functions.Tests.Access;

/// <summary>Tests token validation against an issuer on a local port, with a clock that the test controls.</summary>
public sealed class VerifyTokenTests : IAsyncLifetime, IDisposable
{
    private readonly FixedClock clock = new();
    private StubIssuer issuer = null!;
    private IssuerClient issuerClient = null!;
    private VerifyToken verify = null!;

    public static TheoryData<string> Algorithms => [.. SigningAlgorithm.All];

    public async Task InitializeAsync()
    {
        issuer = await StubIssuer.StartAsync();
        var options = new AccessOptions { Issuer = issuer.Address, Audience = TokenForge.Audience };
        issuerClient = new IssuerClient(options);
        verify = new VerifyToken(
            options, new IssuerKeyCache(issuerClient, clock, NullLogger<IssuerKeyCache>.Instance), clock, NullLogger<VerifyToken>.Instance);
    }

    public Task DisposeAsync() => issuer.DisposeAsync().AsTask();

    public void Dispose() => issuerClient?.Dispose();

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_valid_token_gives_the_user(string algorithm)
    {
        var person = (await VerifyAsync(TokenForge.Token(issuer.Address, algorithm, clock.Now))).Value;

        Assert.Equal(new SignedInUser(issuer.Address, "awa", "Awa Diallo", "awa@clinique.example"), person);
    }

    public static TheoryData<string, long?, bool> Times => new()
    {
        { "exp", 3600, true },
        { "exp", 1, true },
        { "exp", -29, true },
        { "exp", -30, false },
        { "exp", -31, false },
        { "exp", 100L * 365 * 24 * 3600, true },
        { "exp", null, false },
        { "nbf", 29, true },
        { "nbf", 31, false },
        { "nbf", null, true },
        { "iat", 299, true },
        { "iat", 301, false },
        { "iat", null, true },
        { "iat", -10_000_000, true },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public async Task A_token_is_valid_within_its_times_and_half_a_minute_of_tolerance(string claim, long? seconds, bool isValid)
    {
        var claims = TokenForge.Claims(issuer.Address, clock.Now);
        if (seconds is { } offset)
        {
            claims[claim] = clock.Now.ToUnixTimeSeconds() + offset;
        }
        else
        {
            claims.Remove(claim);
        }

        Assert.Equal(isValid, (await VerifyAsync(TokenForge.Token(claims))).Failure is null);
    }

    [Theory]
    [InlineData("1.9e9", true)]
    [InlineData("1900000000.75", true)]
    [InlineData("\"1900000000\"", false)]
    [InlineData("-1", false)]
    [InlineData("1e300", false)]
    [InlineData("1e999", false)]
    [InlineData("null", false)]
    [InlineData("true", false)]
    [InlineData("[1900000000]", false)]
    [InlineData("9223372036854775808", false)]
    public async Task A_time_must_be_a_sensible_number(string exp, bool isValid) =>
        Assert.Equal(
            isValid,
            (await VerifyAsync(
                TokenForge.Signed(
                    """{"alg":"ES256","kid":"p256-1"}""",
                    $$"""{"iss":"{{issuer.Address}}","sub":"awa","aud":"relais","exp":{{exp}}}""",
                    "ES256",
                    TokenForge.P256))).Failure is null);

    [Theory]
    [InlineData("\"relais\"", true)]
    [InlineData("[\"other\",\"relais\"]", true)]
    [InlineData("[\"relais\"]", true)]
    [InlineData("[]", false)]
    [InlineData("\"relais/\"", false)]
    [InlineData("\"Relais\"", false)]
    [InlineData("\"other relais\"", false)]
    [InlineData("[\"other\"]", false)]
    [InlineData("[\"relais\",1]", false)]
    [InlineData("{\"relais\":true}", false)]
    [InlineData("null", false)]
    public async Task A_token_needs_the_audience_of_the_app(string audience, bool isValid) =>
        Assert.Equal(
            isValid,
            (await VerifyAsync(
                TokenForge.Signed(
                    """{"alg":"ES256","kid":"p256-1"}""",
                    $$"""{"iss":"{{issuer.Address}}","sub":"awa","aud":{{audience}},"exp":1900000000}""",
                    "ES256",
                    TokenForge.P256))).Failure is null);

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("a\u0000b", false)]
    [InlineData("a\nb", false)]
    [InlineData("auth0|5f7c8ec7c33c6c004bbafe82", true)]
    public async Task A_token_needs_a_subject_that_can_be_stored(string? subject, bool isValid)
    {
        var claims = TokenForge.Claims(issuer.Address, clock.Now);
        claims["sub"] = subject;

        Assert.Equal(isValid, (await VerifyAsync(TokenForge.Token(claims))).Failure is null);
        claims["sub"] = new string('x', 255);
        Assert.Null((await VerifyAsync(TokenForge.Token(claims))).Failure);
        claims["sub"] = new string('x', 256);
        Assert.NotNull((await VerifyAsync(TokenForge.Token(claims))).Failure);
    }

    [Theory]
    [InlineData("JWT", true)]
    [InlineData("jwt", true)]
    [InlineData("at+jwt", true)]
    [InlineData("application/at+jwt", true)]
    [InlineData("logout+jwt", false)]
    [InlineData("dpop+jwt", false)]
    [InlineData("", false)]
    public async Task Only_an_access_token_is_accepted(string type, bool isValid) =>
        Assert.Equal(
            isValid,
            (await VerifyAsync(
                TokenForge.Signed(
                    $$"""{"alg":"ES256","kid":"p256-1","typ":"{{type}}"}""",
                    JsonSerializer.Serialize(TokenForge.Claims(issuer.Address, clock.Now)),
                    "ES256",
                    TokenForge.P256))).Failure is null);

    [Fact]
    public async Task A_token_without_key_id_is_accepted_only_if_the_issuer_has_one_key()
    {
        var token = TokenForge.Signed(
            TokenForge.Header("ES256", null), TokenForge.Claims(issuer.Address, clock.Now), "ES256", TokenForge.P256);
        Assert.Equal("unauthorized", (await VerifyAsync(token)).Failure!.Code);

        issuer.Keys = JsonSerializer.Serialize(new { keys = new[] { TokenForge.P256.Jwk(named: false) } });
        clock.Advance(TimeSpan.FromMinutes(11));

        Assert.Null((await VerifyAsync(token)).Failure);
    }

    [Fact]
    public async Task A_key_rotation_needs_no_restart()
    {
        var next = new ForgedKey("p256-2", ECDsa.Create(ECCurve.NamedCurves.nistP256));
        Assert.Null((await VerifyAsync(TokenForge.Token(issuer.Address, now: clock.Now))).Failure);
        issuer.Keys = TokenForge.KeySet(next);
        clock.Advance(TimeSpan.FromSeconds(6));

        var newToken = await VerifyAsync(
            TokenForge.Signed(TokenForge.Header("ES256", next.Id), TokenForge.Claims(issuer.Address, clock.Now), "ES256", next));

        Assert.Null(newToken.Failure);
        Assert.Equal("unauthorized", (await VerifyAsync(TokenForge.Token(issuer.Address, now: clock.Now))).Failure!.Code);
    }

    [Fact]
    public async Task A_withdrawn_key_is_refused_after_ten_minutes()
    {
        var token = TokenForge.Token(issuer.Address, "ES256", clock.Now);
        Assert.Null((await VerifyAsync(token)).Failure);
        issuer.Keys = TokenForge.KeySet(TokenForge.Rsa);
        clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));

        Assert.Equal("unauthorized", (await VerifyAsync(token)).Failure?.Code);
    }

    [Fact]
    public async Task Cached_keys_stay_valid_for_a_day_while_the_issuer_is_unavailable()
    {
        Assert.Null((await VerifyAsync(TokenForge.Token(issuer.Address, now: clock.Now))).Failure);
        issuer.Status = HttpStatusCode.InternalServerError;
        clock.Advance(TimeSpan.FromHours(5));

        for (var i = 0; i < 20; i++)
        {
            Assert.Null((await VerifyAsync(TokenForge.Token(issuer.Address, now: clock.Now))).Failure);
            clock.Advance(TimeSpan.FromSeconds(6));
        }

        Assert.Equal(
            "unauthorized",
            (await VerifyAsync(
                TokenForge.Signed(
                    TokenForge.Header("ES256", "new"),
                    TokenForge.Claims(issuer.Address, clock.Now),
                    "ES256",
                    TokenForge.P256))).Failure!.Code);
        clock.Advance(TimeSpan.FromHours(19));
        Assert.Equal("issuer_unavailable", (await VerifyAsync(TokenForge.Token(issuer.Address, now: clock.Now))).Failure?.Code);
        issuer.Status = HttpStatusCode.OK;
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Null((await VerifyAsync(TokenForge.Token(issuer.Address, now: clock.Now))).Failure);
    }

    [Theory]
    [InlineData("""{"kty":"RSA","kid":"bad","n":"","e":"AQAB"}""")]
    [InlineData("""{"kty":"RSA","kid":"bad","n":"N","e":""}""")]
    [InlineData("""{"kty":"RSA","kid":"bad","n":"N","e":"AA"}""")]
    [InlineData("""{"kty":"EC","kid":"bad","crv":"P-256","x":"","y":""}""")]
    [InlineData("""{"kty":"EC","kid":"bad","crv":"P-256","x":"AQ","y":"AQID"}""")]
    [InlineData("""{"kty":"\ud800","kid":"\ud800"}""")]
    [InlineData("7")]
    public async Task A_damaged_key_does_not_affect_the_others(string bad)
    {
        var modulus = TokenForge.Rsa.Jwk()["n"]!.ToString();
        issuer.Keys = issuer.Keys.Replace(
            "\"keys\":[", $"\"keys\":[{bad.Replace("\"N\"", $"\"{modulus}\"", StringComparison.Ordinal)},", StringComparison.Ordinal);
        Assert.NotEqual(TokenForge.KeySet(TokenForge.All), issuer.Keys);

        Assert.Null((await VerifyAsync(TokenForge.Token(issuer.Address, now: clock.Now))).Failure);
    }

    [Fact]
    public async Task A_long_name_is_cut_between_characters()
    {
        var claims = TokenForge.Claims(issuer.Address, clock.Now);
        claims["name"] = new string('x', 199) + "😀";

        Assert.Equal(new string('x', 199), (await VerifyAsync(TokenForge.Token(claims))).Value.Name);
    }

    [Fact]
    public async Task An_unreachable_issuer_gives_503_and_is_called_once_in_five_seconds()
    {
        issuer.Status = HttpStatusCode.BadGateway;
        var token = TokenForge.Token(issuer.Address, now: clock.Now);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => VerifyAsync(token)));
        await VerifyAsync(token);

        Assert.All(
            answers,
            answer => Assert.Equal((FailureKind.Unavailable, "issuer_unavailable"), (answer.Failure!.Kind, answer.Failure.Code)));
        Assert.Equal(1, issuer.Discoveries);

        issuer.Status = HttpStatusCode.OK;
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Null((await VerifyAsync(token)).Failure);
        Assert.Equal(2, issuer.Discoveries);
    }

    [Fact]
    public async Task A_foreign_token_is_refused_without_a_call()
    {
        issuer.Status = HttpStatusCode.BadGateway;
        var expired = TokenForge.Token(issuer.Address, now: clock.Now.AddDays(-1));

        foreach (var token in new[]
        {
            "a.b.c",
            "eyJ",
            expired,
            TokenForge.Token("https://elsewhere.example", now: clock.Now),
            TokenForge.WithSecret("HS256", new byte[32], issuer.Address, "p256-1"),
        })
        {
            Assert.Equal("unauthorized", (await VerifyAsync(token)).Failure!.Code);
        }

        Assert.Equal(0, issuer.Discoveries);
    }

    [Fact]
    public async Task Unknown_key_ids_cost_the_issuer_at_most_one_call_in_five_seconds()
    {
        Assert.Null((await VerifyAsync(TokenForge.Token(issuer.Address, now: clock.Now))).Failure);

        for (var second = 0; second < 60; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => VerifyAsync(
                TokenForge.Signed(
                    TokenForge.Header("ES256", $"{second}-{n}"),
                    TokenForge.Claims(issuer.Address, clock.Now),
                    "ES256",
                    TokenForge.AttackerCurve))));
            Assert.All(answers, answer => Assert.Equal("unauthorized", answer.Failure!.Code));
        }

        Assert.InRange(issuer.KeyCalls, 2, 13);
    }

    public static TheoryData<bool, string> Rotations => new() { { false, "ES256" }, { false, "RS256" }, { true, "ES256" } };

    [Theory]
    [MemberData(nameof(Rotations))]
    public async Task A_rotated_key_without_a_new_id_is_accepted_after_the_pause(bool named, string algorithm)
    {
        string Token(ForgedKey key, string by) => TokenForge.Signed(
            TokenForge.Header(by, named ? "p256-1" : null), TokenForge.Claims(issuer.Address, clock.Now), by, key);
        using var rsa = RSA.Create(2048);
        var next = algorithm == "ES256" ? new ForgedKey("p256-1", ECDsa.Create(ECCurve.NamedCurves.nistP256)) : new ForgedKey("rsa-2", rsa);
        issuer.Keys = JsonSerializer.Serialize(new { keys = new[] { TokenForge.P256.Jwk(named) } });
        Assert.Null((await VerifyAsync(Token(TokenForge.P256, "ES256"))).Failure);

        issuer.Keys = JsonSerializer.Serialize(new { keys = new[] { next.Jwk(named) } });
        Assert.Equal("unauthorized", (await VerifyAsync(Token(next, algorithm))).Failure?.Code);
        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Null((await VerifyAsync(Token(next, algorithm))).Failure);
        Assert.Equal("unauthorized", (await VerifyAsync(Token(TokenForge.P256, "ES256"))).Failure?.Code);
        Assert.Equal(2, issuer.KeyCalls);
    }

    [Theory]
    [InlineData("p256-1")]
    [InlineData(null)]
    public async Task Forged_signatures_cost_the_issuer_at_most_one_call_in_five_seconds(string? kid)
    {
        issuer.Keys = JsonSerializer.Serialize(new { keys = new[] { TokenForge.P256.Jwk(kid is not null) } });
        var genuine = TokenForge.Signed(
            TokenForge.Header("ES256", kid), TokenForge.Claims(issuer.Address, clock.Now), "ES256", TokenForge.P256);
        Assert.Null((await VerifyAsync(genuine)).Failure);

        for (var second = 0; second < 60; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            var forged = TokenForge.Signed(
                TokenForge.Header("ES256", kid), TokenForge.Claims(issuer.Address, clock.Now), "ES256", TokenForge.AttackerCurve);
            Assert.All(
                await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => VerifyAsync(forged))),
                answer => Assert.Equal("unauthorized", answer.Failure?.Code));
            Assert.Null((await VerifyAsync(genuine)).Failure);
        }

        Assert.InRange(issuer.KeyCalls, 2, 13);
    }

    [Fact]
    public async Task A_hanging_issuer_does_not_delay_cached_keys()
    {
        var token = TokenForge.Token(issuer.Address, now: clock.Now);
        Assert.Null((await VerifyAsync(token)).Failure);
        issuer.Status = HttpStatusCode.InternalServerError;
        clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Null((await VerifyAsync(token)).Failure);
        var hanging = new TaskCompletionSource();
        issuer.Ready = hanging.Task;
        clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Null((await VerifyAsync(token).WaitAsync(TimeSpan.FromSeconds(1))).Failure);
        await Wait.UntilAsync(() => issuer.Discoveries == 3);
        Assert.Null((await VerifyAsync(token).WaitAsync(TimeSpan.FromSeconds(1))).Failure);

        (issuer.Status, issuer.Keys) = (HttpStatusCode.OK, TokenForge.KeySet(TokenForge.Rsa));
        hanging.SetResult();
        await Wait.UntilAsync(() => issuer.KeyCalls == 2);
        await Wait.UntilAsync(async () => (await VerifyAsync(token)).Failure?.Code == "unauthorized");
    }

    [Fact]
    public async Task A_slow_issuer_is_read_once_and_cached_keys_keep_working()
    {
        var token = TokenForge.Token(issuer.Address, now: clock.Now);
        Assert.Null((await VerifyAsync(token)).Failure);
        var slow = new TaskCompletionSource();
        issuer.Ready = slow.Task;
        clock.Advance(TimeSpan.FromSeconds(6));

        var unknown = Enumerable.Range(0, 30)
            .Select(
                n => VerifyAsync(
                    TokenForge.Signed(
                        TokenForge.Header("ES256", $"{n}"), TokenForge.Claims(issuer.Address, clock.Now), "ES256", TokenForge.P256)))
            .ToList();
        await Wait.UntilAsync(() => issuer.Discoveries == 2);
        var cached = await VerifyAsync(token).WaitAsync(TimeSpan.FromSeconds(1));
        slow.SetResult();

        Assert.Null(cached.Failure);
        Assert.All(await Task.WhenAll(unknown), answer => Assert.Equal("unauthorized", answer.Failure!.Code));
        Assert.Equal(2, issuer.Discoveries);
    }

    [Fact]
    public async Task A_cancelled_caller_does_not_cancel_the_shared_read()
    {
        var slow = new TaskCompletionSource();
        issuer.Ready = slow.Task;
        using var impatient = new CancellationTokenSource();
        var token = TokenForge.Token(issuer.Address, now: clock.Now);

        var (cancelled, waiting) = (verify.RunAsync(token, impatient.Token), verify.RunAsync(token, default));
        await Wait.UntilAsync(() => issuer.Discoveries == 1);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        slow.SetResult();

        Assert.Null((await waiting).Failure);
    }

    public static TheoryData<string, string?, string?> BadDocuments => new()
    {
        { "another issuer", """{"issuer":"https://elsewhere.example","jwks_uri":"{0}/keys"}""", null },
        { "a slash more", """{"issuer":"{0}/","jwks_uri":"{0}/keys"}""", null },
        { "no issuer", """{"jwks_uri":"{0}/keys"}""", null },
        { "no keys address", """{"issuer":"{0}"}""", null },
        { "keys in the clear", """{"issuer":"{0}","jwks_uri":"http://elsewhere.example/keys"}""", null },
        { "keys in a file", """{"issuer":"{0}","jwks_uri":"file:///etc/passwd"}""", null },
        { "half a pair", """{"issuer":"\ud800","jwks_uri":"{0}/keys"}""", null },
        { "no json", "<html>", null },
        { "a list", "[]", null },
        { "far too large", null, "LARGE" },
        { "no keys", null, """{"keys":[]}""" },
        { "keys are a text", null, """{"keys":"x"}""" },
        { "a secret key", null, """{"keys":[{"kty":"oct","kid":"p256-1","k":"AAAA"}]}""" },
        {
            "a key for encryption",
            null,
            """{"keys":[{"kty":"EC","use":"enc","kid":"p256-1","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_F""" +
            """EzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"""
        },
        {
            "a point off the curve",
            null,
            """{"keys":[{"kty":"EC","kid":"p256-1","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"f83""" +
            """OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}]}"""
        },
        { "a weak key", null, "WEAK" },
    };

    [Theory]
    [MemberData(nameof(BadDocuments))]
    public async Task An_invalid_issuer_document_gives_issuer_unavailable(string _, string? discovery, string? keys)
    {
        issuer.Discovery = discovery?.Replace("{0}", issuer.Address, StringComparison.Ordinal) ?? issuer.Discovery;
        using var weak = RSA.Create(1024);
        issuer.Keys = keys switch
        {
            "LARGE" => TokenForge.KeySet(TokenForge.All) + new string(' ', 300_000),
            "WEAK" => TokenForge.KeySet(new ForgedKey("rsa-1", weak)),
            _ => keys ?? issuer.Keys,
        };

        Assert.Equal("issuer_unavailable", (await VerifyAsync(TokenForge.Token(issuer.Address, now: clock.Now))).Failure!.Code);
    }

    [Fact]
    public async Task A_redirection_is_not_followed()
    {
        issuer.Status = HttpStatusCode.Redirect;

        Assert.Equal("issuer_unavailable", (await VerifyAsync(TokenForge.Token(issuer.Address, now: clock.Now))).Failure!.Code);
        Assert.Equal(0, issuer.KeyCalls);
    }

    [Fact]
    public async Task A_key_is_used_for_its_own_algorithm_only()
    {
        var jwk = TokenForge.Rsa.Jwk();
        jwk["alg"] = "RS256";
        issuer.Keys = JsonSerializer.Serialize(new { keys = new[] { jwk } });

        Assert.Null((await VerifyAsync(TokenForge.Token(issuer.Address, "RS256", clock.Now))).Failure);
        Assert.NotNull((await VerifyAsync(TokenForge.Token(issuer.Address, "PS256", clock.Now))).Failure);
        Assert.NotNull((await VerifyAsync(TokenForge.Token(issuer.Address, "RS512", clock.Now))).Failure);
    }

    [Fact]
    public async Task Without_an_issuer_every_token_is_refused()
    {
        var options = new AccessOptions();
        using var emptyClient = new IssuerClient(options);
        var withoutIssuer = new VerifyToken(
            options, new IssuerKeyCache(emptyClient, clock, NullLogger<IssuerKeyCache>.Instance), clock, NullLogger<VerifyToken>.Instance);

        Assert.Equal(
            "unauthorized",
            (await withoutIssuer.RunAsync(TokenForge.Token(issuer.Address, now: clock.Now), default)).Failure!.Code);
        Assert.Equal("unauthorized", (await withoutIssuer.RunAsync(TokenForge.Token("", now: clock.Now), default)).Failure!.Code);
    }

    [Fact]
    public async Task The_log_names_the_reason_and_never_the_token()
    {
        var lines = new LogLines<VerifyToken>();
        var options = new AccessOptions { Issuer = issuer.Address, Audience = TokenForge.Audience };
        var logged = new VerifyToken(options, new IssuerKeyCache(issuerClient, clock, NullLogger<IssuerKeyCache>.Instance), clock, lines);
        var claims = TokenForge.Claims(issuer.Address, clock.Now);
        string Changed(string name, object value) => TokenForge.Token(new Dictionary<string, object?>(claims) { [name] = value });

        foreach (var token in new[]
        {
            "secret", TokenForge.WithSecret("HS256", new byte[32], issuer.Address, "p256-1"), Changed("sub", 1),
            Changed("iss", "https://secret.example"), Changed("aud", "secret"),
            Changed("exp", 1), Changed("nbf", 1_900_000_000), Changed("iat", 1_900_000_000),
            TokenForge.Signed(TokenForge.Header("ES256", "secret"), claims, "ES256", TokenForge.P256),
            TokenForge.Signed(TokenForge.Header("ES256", "p256-1"), claims, "ES256", TokenForge.AttackerCurve),
        })
        {
            Assert.Equal("unauthorized", (await logged.RunAsync(token, default)).Failure!.Code);
        }

        string[] reasons = ["form", "header", "claims", "issuer", "audience", "expired", "not_yet", "issued_ahead", "key", "signature"];
        Assert.Equal(reasons.Select(word => $"An access token was refused: {word}"), lines.Messages);
    }

    private sealed class LogLines<T> : ILogger<T>
    {
        public List<string> Messages { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Add(formatter(state, exception) + exception);
    }

    private Task<Result<SignedInUser>> VerifyAsync(string token) => verify.RunAsync(token, default);
}
