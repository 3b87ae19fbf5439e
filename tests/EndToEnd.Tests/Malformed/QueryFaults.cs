namespace EndToEnd.Tests.Malformed;

/// <summary>Queries with values of wrong types, broken escapes, repeated names, and far too many or too long values.</summary>
internal static class QueryFaults
{
    private static readonly string[] Names =
    [
        "after", "limit", "from", "to", "month", "tag", "outcome", "dryRun", "action", "actor", "code", "x", "", "%00", "%", "%zz", "a[b]",
        "a.b", "__proto__", "%F0%9F%92%A5", "AFTER", "limit%20",
    ];

    private static readonly string[] Values =
    [
        "", "0", "-1", "1", "500", "501", "2147483648", "99999999999999999999", "1e3", "1.5", "0x10", "+1", "%201", "1%20", "NaN", "null",
        "true", "TRUE", "yes", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "2026-01", "2026-13",
        "0001-01",
        "9999-12", "2026-02-30", "2026-01-05T09:00:00Z", "2026-01-05T09:00:00%2B99:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
        "-0001-01-01", "yesterday", "%00", "a%00b", "%", "%2", "%zz", "%u0041", "%ff", "%c0%80", "%ed%a0%80", "%ed%a0%80%ed%b0%80",
        "%f4%90%80%80", "%C3", "%EF%BF%BF",
        "%F0%9F%92%A5", "%E2%80%AE", "'%3B--", "%22", "%5C", "%25", "%2525", "*", "%2A%25_", "[]", "{}", "%7B%7D", "a%26b=c", "+", "++",
        ";", "#x", "?", "/", "..%2F..", "%0A", "%0D%0ASet-Cookie:x", "%3Cscript%3E", "created", "delivered", "campaign.pause",
        "%2B224620000001",
    ];

    private static readonly (int Share, Fault Choice)[] All =
    [
        (12, Of("a value of a wrong kind", (draft, dice) => $"{Name(draft, dice)}={dice.Of(Values)}")),
        (4,
            Of(
                "several values",
                (draft, dice) =>
                    string.Join('&', Enumerable.Range(0, dice.Of(2, 6)).Select(_ => $"{Name(draft, dice)}={dice.Of(Values)}")))),
        (3, Of("a name twice", (draft, dice) => Name(draft, dice) is var name ? $"{name}={dice.Of(Values)}&{name}={dice.Of(Values)}" : "")),
        (1,
            Of(
                "a name a thousand times",
                (draft, dice) =>
                    Name(draft, dice) is var name
                        ? string.Join('&', Enumerable.Repeat($"{name}=1", Math.Min(1_000, 6_000 / (name.Length + 3))))
                        : "")),
        (1, Of("a thousand names", (_, dice) => string.Join('&', Enumerable.Range(0, 1_000).Select(number => $"p{number}")))),
        (2,
            Of(
                "no sense",
                (_, dice) => dice.Of("&", "=", "&&&&", "====", "?", "??", "%", "&=&=&", "a&b&c", "a==b", ";;", "+", "%26", "a%3Db"))),
        (1, Of("a huge value", (draft, dice) => $"{Name(draft, dice)}={new string(dice.Of('1', 'x', '+'), 6_000)}")),
        (1, Of("a huge name", (_, dice) => $"{new string('n', 6_000)}=1")),
        (1,
            Of(
                "escapes without end",
                (draft, dice) =>
                    $"{Name(draft, dice)}={string.Concat(Enumerable.Repeat(dice.Of("%00", "%25", "%f0%9f%92%a5", "%", "%e"), 500))}")),
        (1, new("too long a query", (draft, dice) =>
        {
            draft.Query = "x=" + new string('q', dice.Of(8_192, 30_000));
            draft.ForServer();
        })),
        (1, new("bytes in the query", (draft, dice) =>
        {
            draft.Query = "tag=" + dice.Of("\0", "\u00ff", SeededChoices.Utf8("é"), "\u0001", "a b", "\t", "\u007f");
            draft.ForServer();
        })),
    ];

    public static Fault Pick(SeededChoices dice) => dice.Weighted(All);

    private static Fault Of(string name, Func<RequestSpec, SeededChoices, string> query) =>
        new($"query, {name}", (draft, dice) => draft.Query = query(draft, dice));

    private static string Name(RequestSpec draft, SeededChoices dice) =>
        draft.Route.QueryNames.Count > 0 && dice.Percent(75) ? dice.Among(draft.Route.QueryNames) : dice.Of(Names);
}
