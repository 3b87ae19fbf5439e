using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EndToEnd.Tests.Isolation;

/// <param name="Name">For a failure: who, what, which id.</param>
/// <param name="Refused">Nothing but a refusal will do; otherwise the attacker may get what is its own.</param>
/// <param name="Documented">The statuses that the description has.</param>
internal sealed record Attack(string Name, HttpMethod Method, string Path, JsonNode? Body, string? Tenant, bool Refused, IReadOnlySet<string> Documented);

/// <summary>Every function that the running app describes, asked for what is the victim's.</summary>
internal sealed class Attacks(JsonElement openApi, IReadOnlyDictionary<string, Guid> ids, string victimSlug)
{
    private static readonly string[] Choices = ["anyOf", "oneOf"];

    private readonly Guid victim = ids["tenants.id"];

    public IEnumerable<Attack> All() => Operations().SelectMany(one => ByPath(one).Concat(ByQuery(one)).Concat(ByBody(one)).Concat(ByTenant(one)));

    private sealed record Operation(string Path, HttpMethod Method, string Access, JsonElement Json)
    {
        public bool HasId => Path.Contains('{', StringComparison.Ordinal);

        public string Name => $"{Method} {Path}";

        public IReadOnlySet<string> Statuses { get; } = Json.GetProperty("responses").EnumerateObject().Select(answer => answer.Name).ToHashSet();
    }

    private IEnumerable<Operation> Operations() =>
        from path in openApi.GetProperty("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        let access = method.Value.GetProperty("x-access").GetString()!
        where access != "public"
        select new Operation(path.Name, HttpMethod.Parse(method.Name), access, method.Value);

    /// <summary>Each id of the victim in the place of the id.</summary>
    private IEnumerable<Attack> ByPath(Operation one) => one.HasId
        ? ids.Select(id => new Attack($"{one.Name} with {id.Key}", one.Method, At(one, id.Value), Sample(one, id.Value), null, Refused: true, one.Statuses))
        : [];

    private IEnumerable<Attack> ByQuery(Operation one) =>
        from parameter in one.Json.TryGetProperty("parameters", out var given) ? given.EnumerateArray().ToList() : []
        where parameter.GetProperty("in").GetString() == "query"
        let name = parameter.GetProperty("name").GetString()
        from id in ids
        select new Attack($"{one.Name} ?{name}={id.Key}", one.Method, $"{At(one, id.Value)}?{name}={id.Value}", null, null, Refused: one.HasId, one.Statuses);

    private IEnumerable<Attack> ByBody(Operation one) => one.HasId || Sample(one, victim) is null
        ? []
        : ids.Select(id => new Attack($"{one.Name} about {id.Key}", one.Method, one.Path, Sample(one, id.Value), null, Refused: false, one.Statuses));

    /// <summary>The victim named as the tenant.</summary>
    private IEnumerable<Attack> ByTenant(Operation one) =>
        from tenant in new[] { victim.ToString(), victim.ToString().ToUpperInvariant(), victim.ToString("N"), victimSlug }
        select new Attack($"{one.Name} as {tenant}", one.Method, At(one, victim), Sample(one, victim), tenant, Refused: one.Access != "signed-in", one.Statuses);

    private static string At(Operation one, Guid id) => one.Path.Replace("{id}", id.ToString(), StringComparison.Ordinal).Replace("{senderId}", id.ToString(), StringComparison.Ordinal);

    private JsonNode? Sample(Operation one, Guid id) =>
        one.Json.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out var json)
            ? Of(json.GetProperty("schema"), "", id, 0)
            : null;

    /// <summary>A body of that form in which everything that can be is the victim's.</summary>
    private JsonNode? Of(JsonElement schema, string name, Guid id, int depth)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return depth > 4 ? null : Of(openApi.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]), name, id, depth + 1);
        }

        foreach (var choice in Choices.Where(word => schema.TryGetProperty(word, out _)))
        {
            return Of(schema.GetProperty(choice)[0], name, id, depth + 1);
        }

        if (schema.TryGetProperty("enum", out var allowed))
        {
            return JsonNode.Parse(allowed[0].GetRawText());
        }

        return TypeOf(schema) switch
        {
            "object" => schema.TryGetProperty("properties", out var properties)
                ? new JsonObject(properties.EnumerateObject().Select(one => KeyValuePair.Create(one.Name, Of(one.Value, one.Name, id, depth + 1))))
                : new JsonObject(),
            "array" => new JsonArray(Of(schema.GetProperty("items"), name, id, depth + 1)),
            "integer" or "number" => 30,
            "boolean" => true,
            _ => Text(schema, name, id),
        };
    }

    private static string TypeOf(JsonElement schema) =>
        !schema.TryGetProperty("type", out var type) ? "string"
        : type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!).First(one => one != "null")
        : type.GetString()!;

    private static JsonNode Text(JsonElement schema, string name, Guid id) => (schema.TryGetProperty("format", out var format) ? format.GetString() : null, name) switch
    {
        ("uuid", _) => id.ToString(),
        ("date-time", _) => "2027-01-01T00:00:00Z",
        (_, "country") => "CH",
        (_, "timeZone") => "UTC",
        (_, "phone_number" or "phoneNumber" or "address") => IsolationTestRows.Numbers[2],
        (_, "type") => "text",
        (_, "account_sid" or "accountSid") => "AC00000000000000000000000000000002",
        // with a bare id as a secret, the search for leaks would report each log line that names the id
        (_, "auth_token" or "authToken" or "code") => $"secret-{id}",
        _ => id.ToString(),
    };

    public static async Task<(HttpStatusCode Status, string Text)> TryAsync(HttpClient attacker, Attack attack)
    {
        using var request = new HttpRequestMessage(attack.Method, attack.Path);
        if (attack.Tenant is not null)
        {
            request.Headers.Add("X-Tenant", attack.Tenant);
        }

        if (attack.Body is not null)
        {
            request.Content = new StringContent(attack.Body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using var answer = await attacker.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
