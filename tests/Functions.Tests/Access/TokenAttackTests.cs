using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Functions.Tests.Http;
using Relais.Access.Keys;

namespace Functions.Tests.Access;

/// <summary>Sends forged and damaged credentials to the running app. Each of them must get the same 401 answer.</summary>
[Collection(ApiCollection.Name)]
public sealed class TokenAttackTests(ApiSystem api) : IDisposable
{
    private const string Owner = "owner";
    private static readonly string[] Unsigned = ["none", "None", "NONE", "nOnE", "", "none ", "null"];
    private static readonly string[] RequiredClaims = ["iss", "sub", "aud", "exp"];
    private static readonly string[] SharedSecretAlgorithms = ["HS256", "HS384", "HS512"];

    private static readonly string[] Algorithms =
        [
            "RS256", "PS384", "ES256", "ES384", "ES512", "es256", "ES256K", "EdDSA", "RS1", "RSA-OAEP", "A256GCM",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        ];

    private static readonly string[] KeyIds =
        [
            "", "unknown", "../../../../dev/null", "/proc/self/environ", "' or '1'='1", "'; drop table members; --", "p256-1\0", "p256-1 ",
            "P256-1", "${jndi:ldap://x}", new string('k', 257), "🔑",
        ];

    private readonly HttpClient http = api.System.CreateClient(null);

    public void Dispose() => http.Dispose();

    private string Issuer => api.Issuer.Address;

    private Dictionary<string, object?> Claims => TokenForge.Claims(Issuer, subject: Owner);

    private string ValidToken => TokenForge.Token(Issuer, subject: Owner);

    [Fact]
    public async Task A_good_token_passes_with_every_algorithm()
    {
        foreach (var algorithm in Relais.Access.Tokens.SigningAlgorithm.All)
        {
            Assert.Equal(HttpStatusCode.OK, (await SendAsync($"Bearer {TokenForge.Token(Issuer, algorithm, subject: Owner)}")).Status);
        }
    }

    [Fact]
    public Task An_unsigned_token_is_refused() => AssertRefusedAsync(
        from algorithm in Unsigned
        from signature in new[] { "", TokenForge.Encode(new byte[64]), ValidToken.Split('.')[2] }
        let header = TokenForge.Encode(JsonSerializer.Serialize(TokenForge.Header(algorithm, "p256-1")))
        select $"{header}.{TokenForge.Encode(JsonSerializer.Serialize(Claims))}.{signature}");

    [Fact]
    public Task A_token_with_a_public_key_as_shared_secret_is_refused() => AssertRefusedAsync(
        from key in TokenForge.All
        from secret in new[]
        {
            Encoding.ASCII.GetBytes(key.Pem), Encoding.ASCII.GetBytes(key.Pem + "\n"), key.Der,
            key.Rsa?.ExportParameters(false).Modulus ?? key.Curve!.ExportParameters(false).Q.X!,
            key.Rsa?.ExportRSAPublicKey() ?? key.Curve!.ExportParameters(false).Q.Y!,
            Encoding.UTF8.GetBytes(JsonSerializer.Serialize(key.Jwk())), [],
        }
        from algorithm in SharedSecretAlgorithms
        select TokenForge.WithSecret(algorithm, secret, Issuer, key.Id));

    [Fact]
    public Task A_token_with_an_algorithm_of_another_key_is_refused() => AssertRefusedAsync(
        from algorithm in Algorithms
        from key in TokenForge.All
        where TokenForge.For(algorithm) != key || !Relais.Access.Tokens.SigningAlgorithm.All.Contains(algorithm)
        select TokenForge.Signed(
            TokenForge.Header(algorithm, key.Id),
            Claims,
            key.Rsa is null ? $"ES{(key.Curve!.KeySize == 521 ? 512 : key.Curve.KeySize)}" : "RS256",
            key));

    [Fact]
    public Task A_token_signed_by_another_key_is_refused() => AssertRefusedAsync(
    [
        TokenForge.Signed(TokenForge.Header("RS256", "rsa-1"), Claims, "RS256", TokenForge.Attacker),
        TokenForge.Signed(TokenForge.Header("ES256", "p256-1"), Claims, "ES256", TokenForge.AttackerCurve),
        TokenForge.Signed(TokenForge.Header("PS256", "rsa-1"), Claims, "RS256", TokenForge.Rsa),
        TokenForge.Signed(TokenForge.Header("RS256", "rsa-1"), Claims, "PS256", TokenForge.Rsa),
        TokenForge.Signed(TokenForge.Header("RS512", "rsa-1"), Claims, "RS256", TokenForge.Rsa),
    ]);

    [Fact]
    public async Task A_key_inside_the_token_is_ignored()
    {
        await using var attacker = await StubIssuer.StartAsync();
        attacker.Keys = TokenForge.KeySet(TokenForge.Attacker, TokenForge.AttackerCurve);
        var attackerHeaders = new Dictionary<string, object?>
        {
            ["jku"] = $"{attacker.Address}/keys",
            ["x5u"] = $"{attacker.Address}/keys",
            ["jwk"] = TokenForge.Attacker.Jwk(),
            ["x5c"] = new[] { Convert.ToBase64String(TokenForge.Attacker.Der) },
            ["x5t"] = "AAAA",
            ["kid"] = $"{attacker.Address}/keys",
            ["iss"] = attacker.Address,
        };

        await AssertRefusedAsync(attackerHeaders.Select(member =>
        {
            var header = TokenForge.Header("RS256", "rsa-1");
            header[member.Key] = member.Value;
            return TokenForge.Signed(header, Claims, "RS256", TokenForge.Attacker);
        }));
        Assert.Equal(0, attacker.KeyCalls + attacker.Discoveries);
    }

    [Fact]
    public Task An_unknown_key_id_is_refused() => AssertRefusedAsync(
        KeyIds
            .Select(keyId => TokenForge.Signed(TokenForge.Header("ES256", keyId), Claims, "ES256", TokenForge.AttackerCurve))
            .Append(TokenForge.Signed(TokenForge.Header("ES256", null), Claims, "ES256", TokenForge.P256))
            .Append(TokenForge.Signed("""{"alg":"ES256","kid":1}""", JsonSerializer.Serialize(Claims), "ES256", TokenForge.P256))
            .Append(TokenForge.Signed("""{"alg":"ES256","kid":null}""", JsonSerializer.Serialize(Claims), "ES256", TokenForge.P256))
            .Append(TokenForge.Signed("""{"alg":"ES256","kid":["p256-1"]}""", JsonSerializer.Serialize(Claims), "ES256", TokenForge.P256)));

    [Fact]
    public Task A_token_with_invalid_claims_is_refused()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        (string Name, object? Value)[] changes =
        [
            ("iss", "https://elsewhere.example"), ("iss", Issuer + "/"), ("iss", Issuer.ToUpperInvariant()), ("iss", null),
            ("iss", new[] { Issuer }),
            ("aud", "other"), ("aud", new[] { "other", "more" }), ("aud", ""), ("aud", null), ("aud", Array.Empty<string>()), ("aud", 1),
            ("exp", now - 3600), ("exp", "tomorrow"), ("exp", null), ("exp", -1), ("exp", 1e300), ("nbf", now + 3600), ("nbf", "now"),
            ("iat", now + 86_400), ("iat", true),
            ("sub", null), ("sub", ""), ("sub", 1), ("sub", "a\0b"), ("sub", new string('s', 300)),
        ];

        return AssertRefusedAsync(changes.Select(change =>
        {
            var claims = Claims;
            claims[change.Name] = change.Value;
            return TokenForge.Token(claims);
        }).Concat(RequiredClaims.Select(name =>
        {
            var claims = Claims;
            claims.Remove(name);
            return TokenForge.Token(claims);
        })));
    }

    [Fact]
    public Task An_ambiguous_header_or_body_is_refused()
    {
        var claims = JsonSerializer.Serialize(Claims);
        const string header = """{"alg":"ES256","kid":"p256-1"}""";
        return AssertRefusedAsync(
        [
            Sign("""{"alg":"ES256","alg":"none","kid":"p256-1"}""", claims),
            Sign("""{"alg":"none","alg":"ES256","kid":"p256-1"}""", claims),
            Sign("""{"alg":"ES256","kid":"x","kid":"p256-1"}""", claims),
            Sign("""{"alg":"ES256","\u0061lg":"ES256","kid":"p256-1"}""", claims),
            Sign("""{"alg":"ES256","kid":"p256-1","crit":["exp"]}""", claims),
            Sign("""{"alg":"ES256","kid":"p256-1","crit":[]}""", claims),
            Sign("""{"alg":"ES256","kid":"p256-1","b64":false,"crit":["b64"]}""", claims),
            Sign("""{"alg":"ES256","kid":"p256-1","b64":true}""", claims),
            Sign("""{"alg":"ES256","kid":"p256-1","typ":"logout+jwt"}""", claims),
            Sign("""{"alg":"ES256","kid":"p256-1","typ":1}""", claims),
            Sign("""{"alg":["ES256"],"kid":"p256-1"}""", claims),
            Sign("""{"ALG":"ES256","kid":"p256-1"}""", claims),
            Sign(header + "x", claims),
            Sign("\uFEFF" + header, claims),
            Sign("[" + header + "]", claims),
            Sign("null", claims),
            Sign("", claims),
            Sign(header, claims[..^1] + ",\"sub\":\"operator\"}"),
            Sign(header, claims + claims),
            Sign(header, "[]"),
            Sign(header, "null"),
            Sign(header, "\"owner\""),
            Sign(header, ""),
            Sign(header, claims.Replace("\"owner\"", "\"\\ud800\"", StringComparison.Ordinal)),
            Sign(header, claims.Replace("{", "{/*x*/", StringComparison.Ordinal)),
            Sign(header, string.Concat(Enumerable.Repeat("{\"a\":", 60)) + "1" + new string('}', 60)),
            Nested(header, claims),
        ]);

        static string Sign(string header, string claims) => TokenForge.Signed(header, claims, "ES256", TokenForge.P256);

        static string Nested(string header, string claims) =>
            TokenForge.Signed("""{"alg":"ES256","kid":"p256-1","cty":"JWT"}""", $"\"{Sign(header, claims)}\"", "ES256", TokenForge.P256);
    }

    [Fact]
    public Task A_malformed_token_is_refused()
    {
        var (validToken, parts) = (ValidToken, ValidToken.Split('.'));
        return AssertRefusedAsync(
        [
            "a", ".", "..", "...", "a.b", "a.b.c", "....", $"{validToken}.", $".{validToken}", $"{validToken}.{parts[2]}",
            $"{parts[0]}.{parts[1]}",
            $"{parts[0]}.{parts[1]}.", $"{parts[0]}..{parts[2]}", $".{parts[1]}.{parts[2]}",
            // An encrypted token has five parts.
            $"{TokenForge.Encode("""{"alg":"dir","enc":"A256GCM"}""")}..{parts[1]}.{parts[2]}.{parts[2]}",
            $"{TokenForge.Encode("""{"alg":"RSA-OAEP","enc":"A256GCM","kid":"rsa-1"}""")}.{parts[0]}.{parts[1]}.{parts[2]}.{parts[2]}",
            $"{{\"payload\":\"{parts[1]}\",\"protected\":\"{parts[0]}\",\"signature\":\"{parts[2]}\"}}",
            TokenForge.Encode(validToken), Uri.EscapeDataString(validToken + "="), $"\"{validToken}\"", $"'{validToken}'",
            $"{parts[0]}=.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}==.{parts[2]}", $"{parts[0]}.{parts[1]}.{parts[2]}==",
            $"{parts[0]}.{parts[1]}.{parts[2]}=",
            $"{parts[0]}.{parts[1]}.{parts[2]} {parts[2]}", $"{parts[0]} .{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}\t.{parts[2]}",
            $"{parts[0]}.{parts[1]}.{parts[2]},", $"{validToken}, {validToken}",
            $"{parts[0]}.{parts[1]}.{parts[2].Replace('-', '+').Replace('_', '/')}+",
            new string('a', 9_000),
            $"{parts[0]}.{new string('a', 9_000)}.{parts[2]}",
            OversizedToken(), "rk_" + validToken,
        ]);
    }

    [Fact]
    public async Task Only_one_spelling_of_the_last_character_is_accepted()
    {
        // 86 characters hold 512 bits and 4 unused bits: 16 spellings decode to the same bytes, and only one of them is valid.
        var validToken = ValidToken;
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var otherSpellings = alphabet.Where(letter => letter != validToken[^1]).Select(letter => validToken[..^1] + letter);

        Assert.Equal(HttpStatusCode.OK, (await SendAsync($"Bearer {validToken}")).Status);
        await AssertRefusedAsync(otherSpellings);
    }

    [Fact]
    public Task A_truncated_token_is_refused()
    {
        var validToken = ValidToken;
        return AssertRefusedAsync(Enumerable.Range(1, validToken.Length - 1).Select(length => validToken[..length]));
    }

    [Fact]
    public Task A_token_with_a_flipped_bit_is_refused()
    {
        var parts = ValidToken.Split('.');
        return AssertRefusedAsync(
            from part in Enumerable.Range(0, 3)
            let bytes = System.Buffers.Text.Base64Url.DecodeFromChars(parts[part])
            from bit in Enumerable.Range(0, bytes.Length * 8).Where(bit => part == 2 || bit % 5 == 0)
            select string.Join('.', parts.Select((text, i) => i == part ? TokenForge.Encode(FlipBit(bytes, bit)) : text)));
    }

    [Fact]
    public Task A_malformed_signature_is_refused()
    {
        var text = ValidToken[..ValidToken.LastIndexOf('.')];
        var data = Encoding.ASCII.GetBytes(text);
        var raw = TokenForge.P256.Sign("ES256", data);
        var order = BigInteger.Parse(
            "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber, null)
            .ToByteArray(isUnsigned: true, isBigEndian: true);
        return AssertRefusedAsync(new[]
        {
            new byte[64], [.. new byte[63], 1], [.. order, .. order], [.. raw[..32], .. new byte[32]], [.. new byte[32], .. raw[32..]],
            [.. raw[32..], .. raw[..32]],
            TokenForge.P256.Curve!.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
            TokenForge.P256.Curve.SignData(data, HashAlgorithmName.SHA384), [.. raw, 0], [0, .. raw], raw[..63], [1], new byte[132],
            new byte[4096], SHA256.HashData(data),
        }.Select(signature => $"{text}.{TokenForge.Encode(signature)}"));
    }

    [Fact]
    public async Task A_request_without_exactly_one_credential_is_refused()
    {
        var (token, key) = (ValidToken, await api.AddKeyAsync("*"));
        (string Name, string Value)[][] requests =
        [
            [], [("Authorization", "")], [("Authorization", "Bearer")], [("Authorization", "Bearer ")],
            [("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("owner:demo"))}")],
            [("Authorization", token)], [("Authorization", $"Token {token}")], [("Authorization", $"DPoP {token}")],
            [("Authorization", $"Bearer\t{token}")], [("Authorization", $"Bearer{token}")],
            [("Authorization", $"Bearer {token}"), ("Authorization", $"Bearer {token}")],
            [("Authorization", $"Bearer {token}"), ("Authorization", "Basic eDp5")],
            [("Authorization", $"Bearer {token}, Bearer {token}")],
            [("Authorization", $"Bearer {token}"), ("X-Api-Key", key)], [("Authorization", $"Bearer {key}"), ("X-Api-Key", key)],
            [("X-Api-Key", key), ("X-Api-Key", key)], [("X-Api-Key", token)],
            [("X-Api-Key", key[..^1])], [("X-Api-Key", ApiKey.Create())], [("X-Api-Key", "rk_")], [("Cookie", $"access_token={token}")],
            [("X-Authorization", $"Bearer {token}")],
        ];
        var answers = new List<Answer>();
        foreach (var headers in requests)
        {
            answers.Add(await SendAsync(headers));
        }

        answers.Add(await SendAsync([], $"?access_token={token}"));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync($"bearer  {token}")).Status);
        Assert.Equal([], answers.Index().Where(answer => answer.Item.Status != HttpStatusCode.Unauthorized).Select(answer => answer.Index));
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task Revoked_expired_and_unknown_keys_get_the_same_answer()
    {
        var (revoked, expired) = (await api.AddKeyAsync("revoked"), await api.AddKeyAsync("expired"));
        await using var connection = new Npgsql.NpgsqlConnection(api.System.Database.Superuser);
        await Dapper.SqlMapper.ExecuteAsync(
            connection,
            """
            update api_keys set revoked_at = case when 'revoked' = any(scopes) then now() end,
            expires_at = case when 'expired' = any(scopes) then now() end where scopes && '{revoked,expired}'
            """);

        var answers = new[]
        {
            await SendAsync($"Bearer {ApiKey.Create()}"),
            await SendAsync($"Bearer {revoked}"),
            await SendAsync($"Bearer {expired}"),
            await SendAsync("Bearer a.b.c"),
            await SendAsync([]),
        };

        Assert.Equal(HttpStatusCode.Unauthorized, Assert.Single(answers.Distinct()).Status);
    }

    private sealed record Answer(HttpStatusCode Status, string Body, string Headers);

    private async Task AssertRefusedAsync(IEnumerable<string> tokens)
    {
        var expected = await SendAsync([]);
        Assert.Equal(HttpStatusCode.Unauthorized, expected.Status);
        var all = tokens.ToList();
        Assert.NotEmpty(all);
        foreach (var batch in all.Chunk(16))
        {
            var answers = await Task.WhenAll(batch.Select(token => SendAsync($"Bearer {token}")));
            Assert.All(answers.Zip(batch), pair => Assert.True(pair.First == expected, $"{pair.Second}\n{pair.First}"));
        }

        // The valid token must still be accepted.
        Assert.Equal(HttpStatusCode.OK, (await SendAsync($"Bearer {ValidToken}")).Status);
    }

    private Task<Answer> SendAsync(string authorization) => SendAsync([("Authorization", authorization)]);

    private async Task<Answer> SendAsync((string Name, string Value)[] headers, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/audit{query}");
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value), name);
        }

        using var response = await http.SendAsync(request);
        var names = string.Join(
            '\n',
            response.Headers.Concat(response.Content.Headers)
                .Where(header => header.Key != "Date")
                .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}")
                .Order(StringComparer.Ordinal));
        return new Answer(
            response.StatusCode, response.StatusCode == HttpStatusCode.OK ? "" : await response.Content.ReadAsStringAsync(), names);
    }

    private string OversizedToken()
    {
        var claims = Claims;
        claims["more"] = new string('x', 9_000);
        return TokenForge.Token(claims);
    }

    private static byte[] FlipBit(byte[] bytes, int bit)
    {
        var flipped = bytes.ToArray();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
