using System.Text.Json;
using System.Text.Json.Nodes;

namespace EndToEnd.Tests.Malformed;

/// <summary>A member of a JSON object. Name and value are raw text, so that both may be invalid JSON.</summary>
/// <param name="IsHopeless">Whether the value alone makes the request invalid.</param>
internal readonly record struct Member(string Name, string Value, bool IsHopeless = false)
{
    public override string ToString() => $"{Name}:{Value}";
}

/// <summary>Writes values that a JSON schema allows, including absurd ones, and values that make a request invalid.</summary>
internal sealed class SchemaValues(JsonNode schema, JsonObject schemas)
{
    // Longer than the longest text that any field accepts (a message of 4,096 characters).
    private const int TooLong = 5_000;
    private const int Deepest = 6;

    private static readonly string[] Texts =
    [
        "x", "Awa", "Clinique de la Gare", "+224620000001", "whatsapp:+224620000001", "224620000001", "GN", "fr", "FR", "Africa/Conakry",
        "Europe/Nowhere", "UTC",
        "{{1}}", "{{", "{prénom|client}", "{{{{{{", "${jndi:ldap://127.0.0.1/x}", "'; drop table messages; --", "<script>alert(1)</script>",
        "../../etc/passwd", "%00", "\\u0000",
        "مرحبا بالعالم", "👩‍👩‍👧‍👦👍🏽", "e\u0301\u0301\u0301", "\u202e\u2066txet", "\ufeff", "\u200b", "\t\r\n",
        "\u0001\u001f\u007f", "NaN", "null", "true", "0", "-1", "1e999", "contacts", "*",
        "owner", "template", "text", "sms", "HX00000000000000000000000000000000", "AC00000000000000000000000000000001", "0001-01-01",
        "9999-12-31T23:59:59Z", "08:30", "25:61",
    ];

    private static readonly string[] Instants =
    [
        "2026-01-05T09:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z", "1e9", "2026-01-05", "",
    ];

    private static readonly string[] Numbers = ["0", "1", "-1", "24", "365", "2147483647", "-2147483648", "2147483648", "1.5", "1e2", "-0"];

    /// <summary>Builds an object that follows the schema except for one invalid value, so the request is always invalid.</summary>
    public List<Member> Hopeless(SeededChoices dice, IReadOnlyList<Guid> ids)
    {
        var resolved = Resolve(schema);
        var required = Required(resolved);
        var properties = resolved["properties"]?.AsObject() ?? [];
        var members = properties
            .Where(property => required.Contains(property.Key) || dice.Percent(50))
            .Select(property => new Member(Quoted(property.Key), Value(property.Value!, dice, ids, Deepest)))
            .ToList();
        var invalidValues = properties.Select(property =>
            (Name: property.Key, Value: InvalidValue(property.Key, Resolve(property.Value!), required.Contains(property.Key), dice)))
            .Where(candidate => candidate.Value is not null).ToList();
        var (name, value) = invalidValues.Count > 0 ? dice.Among(invalidValues) : (Name: "nobody_knows", Value: "1");
        members.RemoveAll(member => member.Name == Quoted(name));
        members.Insert(dice.Below(members.Count + 1), new Member(Quoted(name), value!, IsHopeless: true));
        return members;
    }

    /// <summary>Whether the schema has required properties, so that an empty object is refused.</summary>
    public bool HasRequired => Required(Resolve(schema)).Count > 0;

    public static string Quoted(string text) => JsonSerializer.Serialize(text);

    /// <summary>An invalid value for the property; null: the schema leaves no value that is certainly invalid.</summary>
    private static string? InvalidValue(string name, JsonNode property, bool isRequired, SeededChoices dice)
    {
        if (property["enum"] is not null)
        {
            return Quoted("emperor");
        }

        return (Type(property), property["format"]?.GetValue<string>()) switch
        {
            ("string", "uuid") =>
                isRequired && name.EndsWith("Id", StringComparison.Ordinal) && !name.StartsWith("request", StringComparison.Ordinal)
                    ? Quoted(dice.Id().ToString())
                    : null,
            ("string", "date-time") => Quoted("tomorrow"),
            ("string", _) when property["pattern"] is not null => Quoted("99:99"),
            ("string", _) =>
                Quoted(
                    isRequired && dice.Percent(70)
                        ? dice.Of("", "   ", "\t\n", "\u00a0")
                        : new string(dice.Of('x', '9', ' ', 'é'), TooLong)),
            ("integer", _) => dice.Of("-2147483648", "-9223372036854775808", "1e999", "-1e999"),
            _ => null,
        };
    }

    private string Value(JsonNode property, SeededChoices dice, IReadOnlyList<Guid> ids, int depth)
    {
        var resolved = Resolve(property);
        if (dice.Percent(8))
        {
            return "null";
        }

        if (resolved["enum"] is JsonArray choices)
        {
            return dice.Among(choices.Select(choice => choice?.ToJsonString() ?? "null").ToList());
        }

        return Type(resolved) switch
        {
            "string" => Quoted(Text(resolved["format"]?.GetValue<string>(), dice, ids)),
            "integer" or "number" => dice.Of(Numbers),
            "boolean" => dice.Of("true", "false"),
            "array" when depth > 0 =>
                List(resolved["items"] ?? new JsonObject(), dice, ids, depth),
            "object" when depth > 0 => Object(resolved, dice, ids, depth),
            _ => dice.Of("{}", "[]", "\"x\"", "1", "true"),
        };
    }

    private string List(JsonNode items, SeededChoices dice, IReadOnlyList<Guid> ids, int depth)
    {
        var count = dice.Percent(2) ? 500 : dice.Below(4);
        return $"[{string.Join(',', Enumerable.Range(0, count).Select(_ => Value(items, dice, ids, depth - 1)))}]";
    }

    private string Object(JsonNode resolved, SeededChoices dice, IReadOnlyList<Guid> ids, int depth)
    {
        var required = Required(resolved);
        var members = resolved["properties"] is JsonObject properties
            ? properties.Where(property => required.Contains(property.Key) ? !dice.Percent(5) : dice.Percent(50)).Select(
                property => new Member(Quoted(property.Key), Value(property.Value!, dice, ids, depth - 1)))
            : Enumerable.Range(0, dice.Below(3)).Select(
                _ => new Member(Quoted(dice.Of(Texts)), dice.Of("\"prénom\"", "{\"value\":\"x\"}", "{\"value\":1}", "1", "{}", "[]")));
        return $"{{{string.Join(',', members)}}}";
    }

    private static string Text(string? format, SeededChoices dice, IReadOnlyList<Guid> ids) => format switch
    {
        "uuid" =>
            dice.Percent(10)
                ? dice.Of(Texts)
                : (dice.Percent(50) ? dice.Among(ids) : dice.Id()).ToString(dice.Of("D", "D", "D", "N", "B", "P", "X")),
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

    private static HashSet<string> Required(JsonNode resolved) =>
        resolved["required"]?.AsArray().Select(name => name!.GetValue<string>()).ToHashSet() ?? [];

    private static string? Type(JsonNode resolved) => resolved["type"] switch
    {
        JsonArray types => types.Select(type => type!.GetValue<string>()).First(type => type != "null"),
        JsonValue type => type.GetValue<string>(),
        _ => null,
    };
}
