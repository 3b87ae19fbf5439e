using System.Text.Json;
using System.Text.Json.Nodes;

namespace EndToEnd.Tests.Malformed;

/// <summary>A member of a JSON object; the name and the value are as written, so that either may be what no parser takes.</summary>
/// <param name="IsHopeless">Its value alone makes the request wrong.</param>
internal readonly record struct Member(string Name, string Value, bool IsHopeless = false)
{
    public override string ToString() => $"{Name}:{Value}";
}

/// <summary>Writes values that a JSON schema allows, and such that it allows and nobody can mean.</summary>
internal sealed class SchemaValues(JsonNode schema, JsonObject schemas)
{
    // longer than the longest text that any field takes (a message of 4,096)
    private const int TooLong = 5_000;
    private const int Deepest = 6;

    private static readonly string[] Texts =
    [
        "x", "Awa", "Clinique de la Gare", "+224620000001", "whatsapp:+224620000001", "224620000001", "GN", "fr", "FR", "Africa/Conakry", "Europe/Nowhere", "UTC",
        "{{1}}", "{{", "{prénom|client}", "{{{{{{", "${jndi:ldap://127.0.0.1/x}", "'; drop table messages; --", "<script>alert(1)</script>", "../../etc/passwd", "%00", "\\u0000",
        "مرحبا بالعالم", "👩‍👩‍👧‍👦👍🏽", "e\u0301\u0301\u0301", "\u202e\u2066txet", "\ufeff", "\u200b", "\t\r\n", "\u0001\u001f\u007f", "NaN", "null", "true", "0", "-1", "1e999", "contacts", "*",
        "owner", "template", "text", "sms", "HX00000000000000000000000000000000", "AC00000000000000000000000000000001", "0001-01-01", "9999-12-31T23:59:59Z", "08:30", "25:61",
    ];

    private static readonly string[] Instants =
        ["2026-01-05T09:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z", "1e9", "2026-01-05", ""];

    private static readonly string[] Numbers = ["0", "1", "-1", "24", "365", "2147483647", "-2147483648", "2147483648", "1.5", "1e2", "-0"];

    /// <summary>An object as the schema wants it, except that one value is beyond all reason: no valid request comes of it.</summary>
    public List<Member> Hopeless(SeededChoices dice, IReadOnlyList<Guid> ids)
    {
        var wanted = Resolve(schema);
        var required = Required(wanted);
        var properties = wanted["properties"]?.AsObject() ?? [];
        var members = properties
            .Where(property => required.Contains(property.Key) || dice.Percent(50))
            .Select(property => new Member(Quoted(property.Key), Value(property.Value!, dice, ids, Deepest)))
            .ToList();
        var anchors = properties.Select(property => (Name: property.Key, Value: Unreasonable(property.Key, Resolve(property.Value!), required.Contains(property.Key), dice)))
            .Where(anchor => anchor.Value is not null).ToList();
        var (name, value) = anchors.Count > 0 ? dice.Among(anchors) : (Name: "nobody_knows", Value: "1");
        members.RemoveAll(member => member.Name == Quoted(name));
        members.Insert(dice.Below(members.Count + 1), new Member(Quoted(name), value!, IsHopeless: true));
        return members;
    }

    /// <summary>An empty object is refused.</summary>
    public bool HasRequired => Required(Resolve(schema)).Count > 0;

    public static string Quoted(string text) => JsonSerializer.Serialize(text);

    /// <summary>Null: what is said of the property leaves no value that is surely wrong.</summary>
    private static string? Unreasonable(string name, JsonNode property, bool isRequired, SeededChoices dice)
    {
        if (property["enum"] is not null)
        {
            return Quoted("emperor");
        }

        return (Type(property), property["format"]?.GetValue<string>()) switch
        {
            ("string", "uuid") => isRequired && name.EndsWith("Id", StringComparison.Ordinal) && !name.StartsWith("request", StringComparison.Ordinal) ? Quoted(dice.Id().ToString()) : null,
            ("string", "date-time") => Quoted("tomorrow"),
            ("string", _) when property["pattern"] is not null => Quoted("99:99"),
            ("string", _) => Quoted(isRequired && dice.Percent(70) ? dice.Of("", "   ", "\t\n", "\u00a0") : new string(dice.Of('x', '9', ' ', 'é'), TooLong)),
            ("integer", _) => dice.Of("-2147483648", "-9223372036854775808", "1e999", "-1e999"),
            _ => null,
        };
    }

    private string Value(JsonNode property, SeededChoices dice, IReadOnlyList<Guid> ids, int depth)
    {
        var wanted = Resolve(property);
        if (dice.Percent(8))
        {
            return "null";
        }

        if (wanted["enum"] is JsonArray choices)
        {
            return dice.Among(choices.Select(choice => choice?.ToJsonString() ?? "null").ToList());
        }

        return Type(wanted) switch
        {
            "string" => Quoted(Text(wanted["format"]?.GetValue<string>(), dice, ids)),
            "integer" or "number" => dice.Of(Numbers),
            "boolean" => dice.Of("true", "false"),
            "array" when depth > 0 => $"[{string.Join(',', Enumerable.Range(0, dice.Percent(2) ? 500 : dice.Below(4)).Select(_ => Value(wanted["items"] ?? new JsonObject(), dice, ids, depth - 1)))}]",
            "object" when depth > 0 => Object(wanted, dice, ids, depth),
            _ => dice.Of("{}", "[]", "\"x\"", "1", "true"),
        };
    }

    private string Object(JsonNode wanted, SeededChoices dice, IReadOnlyList<Guid> ids, int depth)
    {
        var required = Required(wanted);
        var members = wanted["properties"] is JsonObject properties
            ? properties.Where(property => required.Contains(property.Key) ? !dice.Percent(5) : dice.Percent(50)).Select(property => new Member(Quoted(property.Key), Value(property.Value!, dice, ids, depth - 1)))
            : Enumerable.Range(0, dice.Below(3)).Select(_ => new Member(Quoted(dice.Of(Texts)), dice.Of("\"prénom\"", "{\"value\":\"x\"}", "{\"value\":1}", "1", "{}", "[]")));
        return $"{{{string.Join(',', members)}}}";
    }

    private static string Text(string? format, SeededChoices dice, IReadOnlyList<Guid> ids) => format switch
    {
        "uuid" => dice.Percent(10) ? dice.Of(Texts) : (dice.Percent(50) ? dice.Among(ids) : dice.Id()).ToString(dice.Of("D", "D", "D", "N", "B", "P", "X")),
        "date-time" => dice.Of(Instants),
        _ => dice.Of(Texts),
    };

    private JsonNode Resolve(JsonNode node)
    {
        for (var choice = node; ;)
        {
            if (choice["$ref"] is JsonValue reference)
            {
                choice = schemas[reference.GetValue<string>().Split('/')[^1]]!;
            }
            else if ((choice["anyOf"] ?? choice["oneOf"]) is JsonArray choices)
            {
                choice = choices[0]!;
            }
            else
            {
                return choice;
            }
        }
    }

    private static HashSet<string> Required(JsonNode wanted) => wanted["required"]?.AsArray().Select(name => name!.GetValue<string>()).ToHashSet() ?? [];

    private static string? Type(JsonNode wanted) => wanted["type"] switch
    {
        JsonArray types => types.Select(type => type!.GetValue<string>()).First(type => type != "null"),
        JsonValue type => type.GetValue<string>(),
        _ => null,
    };
}
