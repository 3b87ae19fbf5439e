namespace EndToEnd.Tests.Malformed;

/// <summary>
/// Faults in paths and methods. If only the ids are invalid, the route stays the same; otherwise the request may address any route or none.
/// </summary>
internal static class TargetFaults
{
    private static readonly string[] WrongIds =
    [
        "0", "-1", "1", "005", "9999999999999999999999", "true", "null", "undefined", "NaN", "me", "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff", "0192f0c8-0000-7000-8000-00000000000", "{id}", "*", "$where", "a,b", "a;b",
        "a:b", "(x)", "[x]", "@", "~", "%20", "%22", "%27%3B--", "%C3%A9", "%F0%9F%92%A5", "%E2%80%AE", "%25", "%2525", "%0A", "%0D%0AX:1",
        "%09", "%7F", "%3Cscript%3E", "%5C", "x.json", ".hidden", "id%3Fx", "id%23x", "+224620000001", "AC00000000000000000000000000000001",
        new string('i', 2_000), new string('1', 3_000),
    ];

    private static readonly string[] Escapes =
    [
        "%2F", "%2f", "%2F..%2F", "%5C", "%2e", "%2e%2e", "%2e%2e%2f", "%c0%af", "%c0%ae%c0%ae", "%e0%80%af", "%ed%a0%80", "%ff", "%fe%ff",
        "%", "%2", "%zz", "%u002f", "%25%30%30", "..", ".", "..;", "...", ";a=b", "//", "/", "/./", "/../", "+", "&", "=", "%EF%BB%BF",
        "%C2%A0", "%E2%80%8B",
    ];

    private static readonly string[] Methods =
    [
        "HEAD", "OPTIONS", "PUT", "PATCH", "TRACE", "DELETE", "POST", "GET", "get", "Post", "FOO", "PROPFIND", "MKCOL", "M-SEARCH", "QUERY",
        "PURGE", "BREW", "X", new string('M', 300),
    ];

    private static readonly Fault[] Paths =
    [
        new("an id of a wrong kind", (draft, dice) => draft.Path = Filled(draft.Route.Template, () => dice.Of(WrongIds))),
        new(
            "an id in another form",
            (draft, dice) => draft.Path = Filled(draft.Route.Template, () => dice.Id().ToString(dice.Of("N", "B", "P")))),
        Elsewhere("escapes at the end", (path, dice) => path + dice.Of(Escapes)),
        Elsewhere("escapes in the middle", (path, dice) => path.Insert(dice.Below(path.Length - 1) + 1, dice.Of(Escapes))),
        Elsewhere(
            "escapes for a slash",
            (path, dice) =>
                path[0] + path[1..].Replace("/", dice.Of("%2F", "%5C", "//", "/./", "/x/../", "\u003b/"), StringComparison.Ordinal)),
        Elsewhere("every letter escaped", (path, _) => string.Concat(path.Select(letter => letter == '/' ? "/" : $"%{(int)letter:X2}"))),
        Elsewhere("upper case", (path, _) => path.ToUpperInvariant()),
        Elsewhere("a segment more", (path, dice) => $"{path}/{dice.Of(WrongIds)}"),
        Elsewhere("a segment less", (path, _) => path[..path.LastIndexOf('/')]),
        Elsewhere(
            "very deep",
            (path, dice) => path + string.Concat(Enumerable.Repeat(dice.Of("/a", "/..", "/.", "/%2e%2e"), dice.Of(50, 1_000)))),
        Elsewhere(
            "another root",
            (path, dice) =>
                dice.Of(
                    "/", "/admin", "/api", "/api/", "/api/v2", "/api/v1", "/runtime/webhooks/durabletask", "/.env", "/api/../api",
                    "/health", "/api/swagger.json")
                    + dice.Of("", path)),
        Server("NUL in the path", (path, dice) => path + dice.Of("%00", "/%00/x", "\0")),
        Server(
            "bytes in the path",
            (path, dice) => path + dice.Of("\u00ff", SeededChoices.Utf8("é"), "\u0001", "\u007f", " x", "\t", "\\", "\u00a0")),
        Server("too long a path", (path, dice) => path + "/" + new string('p', dice.Of(8_192, 20_000, 100_000))),
    ];

    /// <summary>Replaces the path parameters in order.</summary>
    public static string Filled(string template, Func<string> value)
    {
        var path = template;
        for (int open; (open = path.IndexOf('{', StringComparison.Ordinal)) >= 0;)
        {
            path = string.Concat(path.AsSpan(0, open), "\u0001", path.AsSpan(path.IndexOf('}', open) + 1));
        }

        return string.Concat(path.Split('\u0001').SelectMany((piece, index) => index == 0 ? [piece] : new[] { value(), piece }));
    }

    public static Fault PickPath(SeededChoices dice) => dice.Of(Paths);

    public static Fault PickMethod(SeededChoices dice) => dice.Percent(15) ? BrokenMethod : OtherMethod;

    private static readonly Fault BrokenMethod = new("a broken method", (draft, dice) =>
    {
        draft.Method = dice.Of("", "G\0T", "(GET)", "GET ", " GET", "GE\u00c9", "CONNECT", "GET,POST", "\"GET\"", "GET\t");
        draft.IsElsewhere = true;
        draft.ForServer();
    });

    // The ids do not exist, so another method changes nothing.
    private static readonly Fault OtherMethod = new("another method", (draft, dice) =>
    {
        var method = dice.Of(Methods);
        draft.Path = Filled(draft.Route.Template, () => dice.Id().ToString());
        draft.Method = draft.World.AlwaysWork.Contains($"{method.ToUpperInvariant()} {draft.Route.Template}") ? "PATCH" : method;
        draft.IsElsewhere = true;
    });

    // An earlier fault may have left no path to change.
    private static string ChangePath(string path, SeededChoices dice, Func<string, SeededChoices, string> change) =>
        path.StartsWith('/') ? change(path, dice) : path;

    private static Fault Elsewhere(string name, Func<string, SeededChoices, string> change) => new(name, (draft, dice) =>
    {
        draft.Path = ChangePath(draft.Path, dice, change);
        draft.IsElsewhere = true;
    });

    private static Fault Server(string name, Func<string, SeededChoices, string> change) => new(name, (draft, dice) =>
    {
        draft.Path = ChangePath(draft.Path, dice, change);
        draft.IsElsewhere = true;
        draft.ForServer();
    });
}
