namespace EndToEnd.Tests.Malformed;

/// <summary>Headers that describe the body wrongly or make no sense.</summary>
internal static class ContentFaults
{
    private static readonly string[] ContentTypes =
    [
        "application/json; charset=utf-16", "application/json; charset=utf-7", "application/json; charset=none-such",
        "application/json; charset=\"", "application/json; charset=utf-8; charset=latin1", "application/json;", "application/json;;;",
        "application/json, text/csv", "application/jsonp", "application/json-patch+json", "application/problem+json",
        "application/vnd.api+json", "APPLICATION/JSON", "application / json", "json", "/", "*/*", "", " ", "text/plain", "text/html",
        "text/csv; charset=utf-16", "text/csv; charset=none-such", "text/csv; header=absent",
        "application/x-www-form-urlencoded; charset=utf-7", "application/x-www-form-urlencoded", "multipart/form-data", "image/png",
        "application/json\t", "a/b; c=\"d",
        "application/json; a=" + new string('x', 4_000), SeededChoices.Utf8("application/jsön"), "application/json; profile=\"\\\"\"",
    ];

    private static readonly string[] ContentEncodings =
    [
        "gzip", "br", "deflate", "zstd", "compress", "identity", "gzip, gzip", "gzip, br, gzip", "none-such", "*", "", "chunked",
        "gzip;q=1", "utf-8", SeededChoices.Utf8("gzïp"), new string('x', 2_000),
    ];

    private static readonly Fault[] All =
    [
        new("a strange content type", (draft, dice) => draft.Set("Content-Type", dice.Of(ContentTypes))),
        new("no content type", (draft, _) => draft.Remove("Content-Type")),
        new("two content types", (draft, dice) => draft.Headers.Add(("Content-Type", dice.Of(ContentTypes)))),
        new("a content encoding", (draft, dice) => draft.Headers.Add(("Content-Encoding", dice.Of(ContentEncodings)))),
        new(
            "two content encodings",
            (draft, dice) =>
                draft.Headers.AddRange([("Content-Encoding", dice.Of(ContentEncodings)), ("content-encoding", dice.Of(ContentEncodings))])),
        new(
            "a digest that lies",
            (draft, dice) =>
                draft.Headers.AddRange([("Content-MD5", dice.Hex(16)), ("Digest", "sha-256=x"), ("Content-Digest", "sha-256=:x:")])),
        new("a content range", (draft, dice) => draft.Headers.Add(("Content-Range", dice.Of("bytes 0-1/2", "bytes */*", "x")))),
        new("a content language", (draft, dice) => draft.Headers.Add(("Content-Language", dice.Of("fr", "x-" + dice.Hex(100), "\"")))),
    ];

    public static Fault Pick(SeededChoices dice) => dice.Of(All);
}
