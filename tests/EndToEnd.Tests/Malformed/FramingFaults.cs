using System.Text;

namespace EndToEnd.Tests.Malformed;

/// <summary>
/// Requests with wrong lengths or broken heads, and bytes that are no HTTP request. The web server answers most of them and closes the
/// connection.
/// </summary>
internal static class FramingFaults
{
    private const string Follower = "GET /api/v1/me HTTP/1.1\r\nHost: x\r\n\r\n";

    private static readonly Fault[] All =
    [
        Lengths(
            "a length and chunks", "0\r\n\r\n",
            (draft, dice) => draft.Headers.AddRange([("Content-Length", dice.Of("5", "0", "3", "500")), ("Transfer-Encoding", "chunked")])),
        Lengths(
            "chunks and a length, and a request behind", "0\r\n\r\n" + Follower,
            (draft, dice) =>
                draft.Headers.AddRange(
                    [
                        ("Transfer-Encoding", dice.Of("chunked", "Chunked", "chunked ", "\tchunked")),
                        ("Content-Length", dice.Of("4", "5", "6")),
                    ])),
        Lengths(
            "two lengths", "[]" + Follower,
            (draft, dice) => draft.Headers.AddRange([("Content-Length", "2"), ("Content-Length", dice.Of("2", "0", "40", "x"))])),
        Lengths(
            "an odd length", "[]",
            (draft, dice) =>
                draft.Headers.Add(
                    ("Content-Length",
                        dice.Of("+2", "-2", "0x2", "2,2", "2;", "", "2 2", "99999999999999999999", "9223372036854775807", "1e1", "two")))),
        Lengths("too short a length", "[]" + Follower, (draft, dice) => draft.Headers.Add(("Content-Length", dice.Of("0", "1", "2", "5")))),
        Lengths(
            "an odd transfer encoding", "0\r\n\r\n",
            (draft, dice) =>
                draft.Headers.Add(
                    ("Transfer-Encoding",
                        dice.Of(
                            "gzip", "identity", "chunked, chunked", "xchunked", "chunked;q=1", "chunked, gzip", "gzip, chunked", "",
                            "\"chunked\"", "chunked\u000b")))),
        Lengths(
            "two transfer encodings", "0\r\n\r\n" + Follower,
            (draft, dice) =>
                draft.Headers.AddRange(
                    [("Transfer-Encoding", dice.Of("chunked", "gzip")), ("Transfer-Encoding", dice.Of("chunked", "identity", "x"))])),
        Unfinished("too long a length", (draft, dice) => Announce(draft, dice.Of("3", "100", "100000"), "[]")),
        Unfinished("chunks that lie", (draft, dice) =>
        {
            Announce(
                draft, null,
                dice.Of(
                    "5\r\n[]\r\n0\r\n\r\n", "1\r\n[]\r\n0\r\n\r\n", "zz\r\n[]\r\n", "-1\r\n", "ffffffffffffffffff\r\n[]", "2\n[]\n0\n\n",
                    "2\r\n[]", "2\r\n[]\r\n", "2;" + new string('e', 5_000) + "\r\n[]\r\n0\r\n\r\n", "0x2\r\n[]\r\n",
                    " 2\r\n[]\r\n0\r\n\r\n", "\r\n", "", "2\r\n[]\r\n0\r\nX: y", "2\r\n[]\r\n0\r\n" + new string('t', 40_000)));
            draft.MaySeemMany = true;
        }),
        Unfinished(
            "a head without an end",
            (draft, dice) =>
                Raw(
                    draft,
                    dice.Of(
                        "G", "GET", "GET /", "GET / HTTP/1.1", "GET / HTTP/1.1\r\n", $"GET {draft.Path} HTTP/1.1\r\nHost: x",
                        "POST / HTTP/1.1\r\nContent-Length:"))),
        Unfinished(
            "no HTTP",
            (draft, dice) =>
                Raw(
                    draft,
                    dice.Of(
                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0",
                        "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003", Encoding.Latin1.GetString(dice.Bytes(300)),
                        "\r\n\r\n\r\n\r\n", "HELO x\r\n", "SSH-2.0-x\r\n", "\0\0\0\0", "*1\r\n$4\r\nPING\r\n",
                        "OPTIONS sip:x SIP/2.0\r\n\r\n"))),
        Server(
            "an odd version",
            (draft, dice) =>
                draft.Version = dice.Of(
                    "HTTP/0.9", "HTTP/2.0", "HTTP/3", "HTTP/9.9", "HTTP/1.2", "http/1.1", "HTTP/1.1 x", "HTTP/1.10", "HTTP", "",
                    "HTTP/1.1\u00ff")),
        Server("the version before", (draft, dice) => draft.Version = "HTTP/1.0"),
        Server("no host, or an odd one", (draft, dice) =>
        {
            draft.Remove("Host");
            draft.Headers.AddRange(
                Enumerable.Range(0, dice.Of(0, 1, 1, 2)).Select(_ =>
                    ("Host",
                        dice.Of(
                            "", "x:y", "[", "a b", "x:99999", "evil.example", "127.0.0.1, x", SeededChoices.Utf8("é"),
                            new string('h', 3_000), "x/y", "@"))));
        }),
        Server("another form of the target", (draft, dice) =>
        {
            draft.Path = dice.Of(
                $"http://{draft.World.Host}{draft.Path}", $"http://evil.example{draft.Path}", "http://", "*", draft.World.Host, "x", "?x",
                "#", "file:///etc/passwd", "//evil.example/x", "http://[::1");
            draft.IsElsewhere = true;
        }),
        Server("an odd header line", (draft, dice) => draft.Headers.Add(dice.Of(
            ("X", "a\0b"), ("X", "a\rb"), ("X", "a\nb"), ("X", "\u00ff\u00fe"), ("X", "\u00c0\u0080"), ("X", "\u00ed\u00a0\u0080"),
            ("X", "\u0001"), ("X", "a\u007f"), ("X ", "1"), (" X", "1"), ("\tX", "1"), ("", "1"), ("X\0", "1"), ("X\u00e9", "1"),
            ("X\r\n", "1"), ("X(", "1"), ("X: y\r\n folded", "1")))),
        Server(
            "too much of a head",
            (draft, dice) =>
                draft.Headers.AddRange(dice.Of<(string, string)[]>(
                    [("X-Huge", new string('h', dice.Of(33_000, 200_000)))],
                    [.. Enumerable.Range(0, dice.Of(120, 5_000)).Select(number => ($"X-{number}", "1"))],
                    [(new string('n', 40_000), "1")]))),
        Server(
            "line ends of another kind",
            (draft, dice) =>
                Raw(
                    draft,
                    $"{draft.Method} {draft.Path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".Replace(
                        "\r\n", dice.Of("\n", "\n\r"), StringComparison.Ordinal))),
        Server(
            "empty lines before",
            (draft, dice) =>
                Raw(
                    draft,
                    dice.Of("\r\n", "\r\n\r\n\r\n", "\n")
                        + $"{draft.Method} {draft.Path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")),
        Server(
            "an upgrade",
            (draft, dice) =>
                draft.Headers.AddRange([
                    ("Connection", dice.Of("upgrade", "Upgrade, HTTP2-Settings", "keep-alive, upgrade")),
                    ("Upgrade", dice.Of("websocket", "h2c", "TLS/1.0", "x")), ("Sec-WebSocket-Version", "13"),
                    ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
                ])),
        Server("an expectation", (draft, dice) => draft.Headers.Add(("Expect", dice.Of("200-ok", "100-continue, x", "")))),
        new("an odd connection", (draft, dice) =>
        {
            draft.Headers.Add(
                ("Connection", dice.Of("close", "Close", "close, x-api-key", "keep-alive, close", "x-api-key, authorization", "host")));
            draft.Ending = RequestEnd.Last;
        }),
    ];

    public static Fault Pick(SeededChoices dice) => dice.Of(All);

    private static Fault Lengths(string name, string body, Action<RequestSpec, SeededChoices> lengths) => new(name, (draft, dice) =>
    {
        Announce(draft, null, body);
        draft.Remove("Transfer-Encoding");
        lengths(draft, dice);
        draft.MaySeemMany = true;
        draft.ForServer(RequestEnd.HalfClosed);
    });

    private static Fault Unfinished(string name, Action<RequestSpec, SeededChoices> change) => new(name, (draft, dice) =>
    {
        change(draft, dice);
        draft.ForServer(RequestEnd.HalfClosed);
    });

    private static Fault Server(string name, Action<RequestSpec, SeededChoices> change) => new(name, (draft, dice) =>
    {
        change(draft, dice);
        draft.ForServer();
    });

    /// <summary>Sets a body and announces it with this length; null: announces chunks.</summary>
    private static void Announce(RequestSpec draft, string? length, string body)
    {
        draft.FramesItself = true;
        draft.Body = Encoding.Latin1.GetBytes(body);
        draft.Headers.Add(length is null ? ("Transfer-Encoding", "chunked") : ("Content-Length", length));
    }

    private static void Raw(RequestSpec draft, string head)
    {
        draft.Head = head;
        draft.Method = head.Contains("HEAD", StringComparison.Ordinal) ? "HEAD" : "GET";
        draft.Body = null;
        draft.IsElsewhere = true;
    }
}
