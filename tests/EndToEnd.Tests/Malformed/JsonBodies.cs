using System.Text;

namespace EndToEnd.Tests.Malformed;

/// <summary>
/// Bodies for routes that take JSON. Each body contains an invalid value, so the request stays invalid even if the fault leaves the JSON
/// valid.
/// </summary>
internal static class JsonBodies
{
    private static readonly string[] OddValues =
    [
        "1e999", "-1e999", "-0", "-0.0", "1E400", "0x1F", "NaN", "Infinity", "01", "+1", ".5", "1.", "1e", "--1", "1_000",
        new string('9', 400), "1." + new string('0', 400) + "1",
        "true", "false", "null", "[]", "{}", "[[]]", "{\"\":{}}", "\"\"", "\"x\"", "1", "1.5", "\"\\u0000\"", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"\\uD83D\"", "\"\\u00\"", "\"\\x41\"",
        "\"\\", "\"\t\"", "'x'", "undefined", "tru", "\"a\" \"b\"", "[1,]", "[,1]", "{\"a\"}", "{1:2}", "[\"\\ud800\",null,{}]",
        "{\"value\":\"\\u0000\"}", "{\"\\ud800\":1}", "{\"a\":1,\"a\":2}",
    ];

    private static readonly string[] UnknownNames =
    [
        "\"nobody_knows\"", "\"\"", "\"__proto__\"", "\"constructor\"", "\"$type\"", "\"$ref\"", "\"\\u0000\"", "\"\\ud800\"",
        "\"tenantId\"", "\"tenant_id\"", "\"id\"", "\"Name\"", "\"NAME\"", "\"name \"", "\"\\u006e\\u0061me\"",
    ];

    private static readonly (int Share, Fault Choice)[] All =
    [
        (20, Members("hopeless", (_, _) => { })),
        (16, Members("odd value", (members, dice) => Replace(members, dice, dice.Of(OddValues)))),
        (4, Members("every value odd", ReplaceAll)),
        (6, Members("missing property", Remove)),
        (1, new Fault("JSON, no property", (draft, _) => draft.Body = draft.Route.Body!.HasRequired ? "{}"u8.ToArray() : [])),
        (6,
            Members(
                "unknown property",
                (members, dice) =>
                    members.Insert(dice.Below(members.Count + 1), new Member(dice.Of(UnknownNames), dice.Of("1", "null", "{}", "\"x\""))))),
        (2,
            Members(
                "many unknown properties",
                (members, dice) =>
                    members.AddRange(Enumerable.Range(0, dice.Of(60, 600)).Select(number => new Member($"\"p{number}\"", "1"))))),
        (5,
            Members(
                "property twice", (members, dice) => members.Add(members[dice.Below(members.Count)] with { Value = dice.Of(OddValues) }))),
        (3, Members("nested 10", (members, dice) => Replace(members, dice, Nested(dice, 10)))),
        (3, Members("nested 100", (members, dice) => Replace(members, dice, Nested(dice, 100)))),
        (1, Members("nested 10,000", (members, dice) => Replace(members, dice, Nested(dice, 10_000)))),
        (1, Members("huge text", (members, dice) => Replace(members, dice, $"\"{new string('x', dice.Of(20_000, 100_000))}\""))),
        (1,
            Members(
                "huge list",
                (members, dice) =>
                    Replace(members, dice, $"[{string.Join(',', Enumerable.Repeat(dice.Of("1", "null", "\"x\"", "{}", "[]"), 5_000))}]"))),
        (8, Text("cut off", (text, dice) => text[..dice.Below(text.Length)])),
        (4, Text("trailing comma", (text, _) => text[..^1] + ",}")),
        (4,
            Text(
                "comment",
                (text, dice) =>
                    dice.Of("// hello\n" + text, text + "/* hello */", text.Replace(":", ":/**/", StringComparison.Ordinal), "#" + text))),
        (3,
            Text(
                "JSON5",
                (text, dice) =>
                    dice.Of(
                        text.Replace('"', '\''), text.Replace("\"", "", StringComparison.Ordinal),
                        text.Replace(":", "=", StringComparison.Ordinal)))),
        (3, Text("two documents", (text, dice) => text + dice.Of("", " ", "\n", ",") + text)),
        (3, Text("rubbish behind", (text, dice) => text + dice.Of("x", "\0", "}", "]", "\u001a", "%"))),
        (3, Text("in a list", (text, dice) => dice.Of("[]", $"[{text}]", "[[[[]]]]", $"[{text},{text}]"))),
        (3,
            Text(
                "no object",
                (_, dice) =>
                    dice.Of(
                        "null", "true", "0", "-0", "1e999", "\"x\"", "\"\\ud800\"", "\"\\u0000\"", "\"" + new string('x', 9_000) + "\""))),
        (2, Text("nothing but nesting", (_, dice) => Nested(dice, dice.Of(10, 100, 10_000)))),
        (2,
            Text(
                "nesting without an end",
                (_, dice) => string.Concat(Enumerable.Repeat(dice.Of("[", "{\"a\":", "[{\"a\":"), dice.Of(10, 100, 10_000))))),
        (3, Bytes("empty", (_, _) => [])),
        (2,
            Bytes(
                "white space",
                (_, dice) => [.. Enumerable.Repeat(dice.Of((byte)' ', (byte)'\n', (byte)'\t', (byte)0x0b), dice.Of(1, 100, 10_000))])),
        (3,
            Bytes(
                "byte order mark",
                (body, dice) =>
                    dice.Of<byte[]>(
                        [0xEF, 0xBB, 0xBF, .. body], [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, .. body], [0xEF, 0xBB, 0xBF],
                        [0xFE, 0xFF, .. body], [0xEF, 0xBB]))),
        (3,
            Bytes(
                "UTF-16 or UTF-32",
                (body, dice) =>
                    dice.Of(Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32).GetBytes(Encoding.UTF8.GetString(body)))),
        (5,
            Bytes(
                "broken UTF-8",
                (body, dice) =>
                    Spliced(
                        body, dice.Below(body.Length + 1),
                        dice.Of<byte[]>(
                            [0xFF], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
                            [0xF4, 0x90, 0x80, 0x80], [0x80], [0xC3], [0xE2, 0x82])))),
        (2, Bytes("NUL", (body, dice) => Spliced(body, dice.Below(body.Length + 1), new byte[dice.Of(1, 100)]))),
        (2, Bytes("a byte changed", Changed)),
    ];

    public static Fault Pick(SeededChoices dice) => dice.Weighted(All);

    private static Fault Members(string name, Action<List<Member>, SeededChoices> change) => new($"JSON, {name}", (draft, dice) =>
    {
        var members = draft.Route.Body!.Hopeless(dice, draft.World.Ids);
        change(members, dice);
        draft.Body = Encoding.UTF8.GetBytes(Written(members));
    });

    private static Fault Text(string name, Func<string, SeededChoices, string> change) => new($"JSON, {name}", (draft, dice) =>
        draft.Body = Encoding.UTF8.GetBytes(change(Written(draft.Route.Body!.Hopeless(dice, draft.World.Ids)), dice)));

    private static Fault Bytes(string name, Func<byte[], SeededChoices, byte[]> change) => new($"JSON, {name}", (draft, dice) =>
        draft.Body = change(Encoding.UTF8.GetBytes(Written(draft.Route.Body!.Hopeless(dice, draft.World.Ids))), dice));

    private static string Written(List<Member> members) => $"{{{string.Join(',', members)}}}";

    // If the invalid value is replaced, add an unknown property, so that the request stays invalid.
    private static void Replace(List<Member> members, SeededChoices dice, string value)
    {
        var at = dice.Below(members.Count);
        if (members[at].IsHopeless)
        {
            members.Add(new Member("\"nobody_knows\"", "1"));
        }

        members[at] = members[at] with { Value = value };
    }

    private static void ReplaceAll(List<Member> members, SeededChoices dice)
    {
        for (var i = 0; i < members.Count; i++)
        {
            members[i] = members[i] with { Value = dice.Of(OddValues) };
        }

        members.Add(new Member("\"nobody_knows\"", "1"));
    }

    private static void Remove(List<Member> members, SeededChoices dice)
    {
        var others = members.Where(member => !member.IsHopeless).ToList();
        if (others.Count > 0)
        {
            members.Remove(dice.Among(others));
        }
    }

    private static string Nested(SeededChoices dice, int depth)
    {
        var (open, close) = dice.Of(("[", "]"), ("{\"a\":", "}"), ("{\"message1\":", "}"), ("[{\"a\":", "}]"));
        return string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
    }

    private static byte[] Spliced(byte[] body, int at, byte[] piece) => [.. body[..at], .. piece, .. body[at..]];

    // Changes the first or last byte, a bracket, so that the document is no longer valid.
    private static byte[] Changed(byte[] body, SeededChoices dice)
    {
        body[dice.Of(0, body.Length - 1)] = (byte)dice.Of('x', '(', '<', '\0');
        return body;
    }
}
