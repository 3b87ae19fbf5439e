namespace EndToEnd.Tests.Malformed;

/// <summary>Absurd headers. The app must answer whether or not it accepts the credential.</summary>
internal static class HeaderFaults
{
    private static readonly string[] Schemes =
    [
        "Bearer", "Bearer ", "bearer", "BEARER  ", "Basic dXNlcjpwYXNz", "Digest username=\"x\"", "Negotiate YII=", "ApiKey x", "Bearer,",
        "Bearer a, Bearer b", "Bearer\t", "=", "\"", ",", "AWS4-HMAC-SHA256 x",
    ];

    private static readonly string[] Tokens =
    [
        "a.b.c", "..", "...", ".", "a.b", "a.b.c.d", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJub25lIn0.e30.AA",
        "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "e30.e30.e30", "bnVsbA.bnVsbA.bnVsbA", "W10.W10.W10", "eyJhbGciOjF9.e30.AA",
        "eyJhbGciOiJSUzI1NiIsImtpZCI6IlxcdWQ4MDAifQ.e30.AA", "%00.%00.%00", "rk_", "rk_x", "rk_" + new string('A', 43),
        "rk_" + new string('A', 5_000), new string('a', 8_192), new string('a', 8_193), new string('.', 4_000),
        SeededChoices.Utf8("jeton.é.ü"),
    ];

    private static readonly string[] Tenants =
    [
        "", "*", "null", "undefined", "00000000-0000-0000-0000-000000000000", "loko-taxi", "clinique-de-la-gare", "boutique-nimba", "x,y",
        "../x", "'; --", "{}", "019b8000-0000-7000-8000-000000000101 ", new string('t', 5_000), SeededChoices.Utf8("clinique-é"),
    ];

    private static readonly string[] Addresses =
    [
        "", ",", ",,,,", "unknown", "_hidden", "1", "0x7f.1", "256.256.256.256", "127.0.0.1", "127.0.0.1:99999", "[::1]", "[::1]:1",
        "::ffff:1.2.3.4", "fe80::1%eth0", "[fe80::1%25eth0]:1", "1.2.3.4:5:6", "for=1.2.3.4", "1.2.3.4, 5.6.7.8",
        string.Join(", ", Enumerable.Repeat("10.0.0.1", 500)), new string(',', 5_000), SeededChoices.Utf8("１.２.３.４"), "1.2.3.4\t,5.6.7.8",
    ];

    private static readonly (string Name, string[] Values)[] OtherHeaders =
    [
        ("Accept", ["", "*", "text/html", "application/json;q=2", ";;;", "application/*;q=-1", new string('a', 3_000)]),
        ("Accept-Charset", ["utf-16", "*;q=0"]),
        ("Accept-Encoding", ["*;q=0", "gzip;q=9", "none-such", ",,"]),
        ("Accept-Language", ["fr;q=", "x", "*-*-*", new string('f', 2_000)]),
        ("Cookie", ["", "=", ";;;;", "a=b; a=c", new string('c', 4_000), "$Version=1"]),
        ("If-Match", ["*", "\"", "W/\"x\""]),
        ("If-None-Match", ["*", "W/", "\"x\", \"y\""]),
        ("If-Modified-Since", ["yesterday", "Thu, 01 Jan 0001 00:00:00 GMT", "-1"]),
        ("Range", ["bytes=0-0", "bytes=-1", "bytes=9-1", "bytes=0-0,1-1,2-2", "x"]),
        ("Origin", ["null", "http://127.0.0.1", "file://", SeededChoices.Utf8("http://é")]),
        ("Referer", ["x", new string('r', 4_000)]),
        ("User-Agent", ["", new string('u', 4_000), SeededChoices.Utf8("💥")]),
        ("Forwarded", ["for=\"[::1\"", "for=_;by=;host=\"", "proto=gopher"]),
        ("X-Forwarded-Host", ["", "evil.example", "a,b", ":", "[", SeededChoices.Utf8("é.example"), new string('h', 4_000)]),
        ("X-Forwarded-Proto", ["", "gopher", "https,http", "http://"]),
        ("X-Forwarded-Prefix", ["/", "//evil.example", "/../.."]),
        ("X-Original-URL", ["/api/v1/tenants", "http://x/"]),
        ("X-Rewrite-URL", ["/admin"]),
        ("X-HTTP-Method-Override", ["DELETE", "PUT", "TRACE", ""]),
        ("X-Functions-Key", ["", "x", new string('k', 3_000)]),
        ("x-ms-client-principal", ["e30=", "%%%"]),
        ("traceparent", ["00-00000000000000000000000000000000-0000000000000000-00", "ff-x", "", new string('0', 3_000)]),
        ("tracestate", [new string('t', 600), "=", ",,,"]),
        ("baggage", [new string('b', 4_000), "a=%00", "=="]),
        ("Request-Id", ["|", new string('i', 2_000)]),
        ("I-Twilio-Idempotency-Token", ["", new string('i', 3_000)]),
        ("Expect", ["100-continue"]),
        ("TE", ["trailers", "x"]),
        ("Trailer", ["Content-Length", "X-Api-Key"]),
        ("Keep-Alive", ["timeout=-1", "x"]),
        ("Max-Forwards", ["0", "-1"]),
        ("Via", [new string('v', 2_000)]),
        ("Date", ["x"]),
        ("Proxy-Authorization", ["Basic x"]),
        ("HTTP2-Settings", ["x", "AAMAAABkAAQAAP__"]),
    ];

    private static readonly (int Share, Fault Choice)[] All =
    [
        (12,
            new(
                "an absurd authorization",
                (draft, dice) => Credential(draft, "Authorization", dice.Percent(40) ? dice.Of(Schemes) : $"Bearer {dice.Of(Tokens)}"))),
        (8, new("an absurd API key", (draft, dice) => Credential(draft, "X-Api-Key", dice.Percent(20) ? "" : dice.Of(Tokens)))),
        (4,
            new(
                "two credentials",
                (draft, dice) =>
                    draft.Headers.AddRange(
                        [("Authorization", $"Bearer {dice.Among(draft.World.Tokens)}"), ("X-Api-Key", dice.Among(draft.World.Keys))]))),
        (3,
            new(
                "an authorization twice",
                (draft, dice) =>
                    draft.Headers.AddRange(Enumerable.Repeat(("Authorization", $"Bearer {dice.Among(draft.World.Tokens)}"), 2)))),
        (4, new("a token that was touched", ChangeToken)),
        (8, new("an absurd tenant", (draft, dice) => draft.Headers.Add(("X-Tenant", dice.Of(Tenants))))),
        (8,
            new(
                "an absurd idempotency key",
                (draft, dice) =>
                    draft.Headers.AddRange(Enumerable.Repeat(
                        ("Idempotency-Key",
                            dice.Of(
                                "", " ", "x", new string('k', dice.Of(255, 256, 5_000)), SeededChoices.Utf8("clé"), "\"", "a,b", "../")),
                        dice.Of(1, 1, 2))))),
        (6,
            new(
                "absurd addresses",
                (draft, dice) =>
                    draft.Headers.AddRange(Enumerable.Range(0, dice.Of(1, 1, 3)).Select(_ => ("X-Forwarded-For", dice.Of(Addresses)))))),
        (6,
            new(
                "an absurd signature",
                (draft, dice) =>
                    draft.Headers.AddRange(Enumerable.Range(0, dice.Of(1, 1, 2)).Select(
                        _ =>
                            ("X-Twilio-Signature",
                                dice.Of(
                                    "", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", dice.Hex(20), "%%%", new string('A', 5_000),
                                    SeededChoices.Utf8("é"))))))),
        (24, new("a strange header", (draft, dice) => Strange(draft, dice))),
        (4,
            new("many strange headers", (draft, dice) =>
            {
                for (var count = dice.Of(2, 8); count > 0; count--) { Strange(draft, dice); }
            })),
        (3,
            new(
                "sixty headers",
                (draft, dice) =>
                    draft.Headers.AddRange(
                        Enumerable.Range(0, 60).Select(number => ($"X-{dice.Of("A", "b", "~", "!#$%&'*+-.^_`|")}{number}", "1"))))),
        (2, new("a long header", (draft, dice) => draft.Headers.Add(("X-Long", new string(dice.Of('a', ' ', ',', '"'), 15_000) + "x")))),
    ];

    public static Fault Pick(SeededChoices dice) => dice.Weighted(All);

    private static void Credential(RequestSpec draft, string name, string value)
    {
        draft.Remove("Authorization");
        draft.Remove("X-Api-Key");
        draft.Headers.Add((name, value));
    }

    private static void ChangeToken(RequestSpec draft, SeededChoices dice)
    {
        var token = dice.Among(draft.World.Tokens);
        var at = dice.Below(token.Length - 1);
        Credential(
            draft, "Authorization",
            $"Bearer {token[..at]}{dice.Of("", ".", "-", "AA", "=", "%", " ", SeededChoices.Utf8("é"))}{token[(at + 1)..]}");
    }

    private static void Strange(RequestSpec draft, SeededChoices dice)
    {
        var (name, values) = dice.Of(OtherHeaders);
        draft.Headers.Add((name, dice.Of(values)));
    }
}
