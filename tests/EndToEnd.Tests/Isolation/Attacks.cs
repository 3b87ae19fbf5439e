using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EndToEnd.Tests.Isolation;

/// <param name="Name">Caller, function and id, for the report of a failure.</param>
/// <param name="Refused">True: only a refusal is right. False: the attacker may receive its own data.</param>
/// <param name="Documented">The statuses that the API description lists.</param>
internal sealed record Attack(
    string Name, HttpMethod Method, string Path, JsonNode? Body, string? Tenant, bool Refused, IReadOnlySet<string> Documented);

/// <summary>Calls every function that the running app describes with the victim's ids, slug and numbers.</summary>
internal sealed class Attacks(JsonElement openApi, IReadOnlyDictionary<string, Guid> ids, string victimSlug)
{
    private static readonly string[] Choices = ["anyOf", "oneOf"];

    private readonly Guid victim = ids["tenants.id"];

    public IEnumerable<Attack> All() =>
        Operations()
            .SelectMany(operation => ByPath(operation).Concat(ByQuery(operation)).Concat(ByBody(operation)).Concat(ByTenant(operation)));

    private sealed record Operation(string Path, HttpMethod Method, string Access, JsonElement Json)
    {
        public bool HasId => Path.Contains('{', StringComparison.Ordinal);

        public string Name => $"{Method} {Path}";

        public IReadOnlySet<string> Statuses { get; } = Json.GetProperty("responses").EnumerateObject().Select(answer => answer.Name)
            .ToHashSet();
    }

    private IEnumerable<Operation> Operations() =>
        from path in openApi.GetProperty("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        let access = method.Value.GetProperty("x-access").GetString()!
        where access != "public"
        select new Operation(path.Name, HttpMethod.Parse(method.Name), access, method.Value);

    /// <summary>Puts each id of the victim into the path.</summary>
    private IEnumerable<Attack> ByPath(Operation operation) => operation.HasId
        ? ids.Select(id =>
            new Attack(
                $"{operation.Name} with {id.Key}", operation.Method, PathFor(operation, id.Value), Sample(operation, id.Value), null,
                Refused: true, operation.Statuses))
        : [];

    private IEnumerable<Attack> ByQuery(Operation operation) =>
        from parameter in operation.Json.TryGetProperty("parameters", out var declared) ? declared.EnumerateArray().ToList() : []
        where parameter.GetProperty("in").GetString() == "query"
        let name = parameter.GetProperty("name").GetString()
        from id in ids
        select new Attack(
            $"{operation.Name} ?{name}={id.Key}", operation.Method, $"{PathFor(operation, id.Value)}?{name}={id.Value}", null, null,
            Refused: operation.HasId,
            operation.Statuses);

    private IEnumerable<Attack> ByBody(Operation operation) => operation.HasId || Sample(operation, victim) is null
        ? []
        : ids.Select(id =>
            new Attack(
                $"{operation.Name} about {id.Key}", operation.Method, operation.Path, Sample(operation, id.Value), null, Refused: false,
                operation.Statuses));

    /// <summary>Names the victim as the tenant.</summary>
    private IEnumerable<Attack> ByTenant(Operation operation) =>
        from tenant in new[] { victim.ToString(), victim.ToString().ToUpperInvariant(), victim.ToString("N"), victimSlug }
        select new Attack(
            $"{operation.Name} as {tenant}", operation.Method, PathFor(operation, victim), Sample(operation, victim), tenant,
            Refused: operation.Access != "signed-in",
            operation.Statuses);

    private static string PathFor(Operation operation, Guid id) =>
        operation.Path.Replace("{id}", id.ToString(), StringComparison.Ordinal)
            .Replace("{senderId}", id.ToString(), StringComparison.Ordinal);

    private JsonNode? Sample(Operation operation, Guid id) =>
        operation.Json.TryGetProperty("requestBody", out var body)
            && body.GetProperty("content").TryGetProperty("application/json", out var json)
            ? BodyOf(json.GetProperty("schema"), "", id, 0)
            : null;

    /// <summary>Builds a body of this schema in which every possible value is the victim's.</summary>
    private JsonNode? BodyOf(JsonElement schema, string name, Guid id, int depth)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return depth > 4
                ? null
                : BodyOf(
                    openApi.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]), name, id,
                    depth + 1);
        }

        foreach (var choice in Choices.Where(word => schema.TryGetProperty(word, out _)))
        {
            return BodyOf(schema.GetProperty(choice)[0], name, id, depth + 1);
        }

        if (schema.TryGetProperty("enum", out var allowed))
        {
            return JsonNode.Parse(allowed[0].GetRawText());
        }

        return TypeOf(schema) switch
        {
            "object" => schema.TryGetProperty("properties", out var properties)
                ? new JsonObject(
                    properties.EnumerateObject()
                        .Select(property => KeyValuePair.Create(property.Name, BodyOf(property.Value, property.Name, id, depth + 1))))
                : new JsonObject(),
            "array" => new JsonArray(BodyOf(schema.GetProperty("items"), name, id, depth + 1)),
            "integer" or "number" => 30,
            "boolean" => true,
            _ => Text(schema, name, id),
        };
    }

    private static string TypeOf(JsonElement schema) =>
        !schema.TryGetProperty("type", out var type) ? "string"
        : type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(item => item.GetString()!).First(name => name != "null")
        : type.GetString()!;

    private static JsonNode Text(JsonElement schema, string name, Guid id) =>
        (schema.TryGetProperty("format", out var format) ? format.GetString() : null, name) switch
        {
            ("uuid", _) => id.ToString(),
            ("date-time", _) => "2027-01-01T00:00:00Z",
            (_, "country") => "CH",
            (_, "timeZone") => "UTC",
            (_, "phone_number" or "phoneNumber" or "address") => IsolationTestRows.Numbers[2],
            (_, "type") => "text",
            (_, "account_sid" or "accountSid") => "AC00000000000000000000000000000002",
            // With a bare id as a secret, the leak detector would report each log line that names the id.
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
