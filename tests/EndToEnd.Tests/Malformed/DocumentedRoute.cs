using System.Globalization;
using System.Text.Json.Nodes;

namespace EndToEnd.Tests.Malformed;

/// <summary>One method of one path, as the running app describes it.</summary>
internal sealed record DocumentedRoute
{
    /// <summary>HTTP method in upper case.</summary>
    public required string Method { get; init; }

    /// <summary>Path with placeholders, such as /api/v1/campaigns/{id}.</summary>
    public required string Template { get; init; }

    public required IReadOnlyList<string> QueryNames { get; init; }

    /// <summary>Media type of the body; null: the route takes no body.</summary>
    public required string? BodyMedia { get; init; }

    /// <summary>Values for a JSON body; null: the route takes no JSON.</summary>
    public required SchemaValues? Body { get; init; }

    /// <summary>Documented statuses.</summary>
    public required IReadOnlySet<int> Statuses { get; init; }

    /// <summary>The route needs no credential.</summary>
    public required bool IsOpen { get; init; }

    public required bool TakesKeys { get; init; }

    public string Name => $"{Method} {Template}";

    public bool IsRead => Method == "GET";

    public bool HasId => Template.Contains('{', StringComparison.Ordinal);

    /// <summary>The route refuses with a status and no body, as webhooks do.</summary>
    public required bool SaysStatusOnly { get; init; }

    /// <summary>Every call does its work, because the route has no input that could be invalid.</summary>
    public bool CannotBeWrong => !IsRead && BodyMedia is null && !HasId;

    /// <summary>With dryRun=true the input is validated and nothing is stored.</summary>
    public bool CanBeTried => QueryNames.Contains("dryRun");

    public static async Task<IReadOnlyList<DocumentedRoute>> ReadAsync(HttpClient http)
    {
        var document = JsonNode.Parse(await http.GetStringAsync(new Uri("/api/v1/openapi.json", UriKind.Relative)))!;
        var schemas = document["components"]!["schemas"]!.AsObject();
        return
        [
            .. document["paths"]!.AsObject().SelectMany(
                path => path.Value!.AsObject(), (path, operation) => Of(path.Key, operation.Key, operation.Value!, schemas)),
        ];
    }

    private static DocumentedRoute Of(string path, string method, JsonNode operation, JsonObject schemas)
    {
        var content = operation["requestBody"]?["content"]?.AsObject().First();
        return new DocumentedRoute
        {
            Method = method.ToUpperInvariant(),
            Template = path,
            QueryNames =
            [
                .. Parameters(operation).Where(parameter => parameter!["in"]!.GetValue<string>() == "query")
                    .Select(parameter => parameter!["name"]!.GetValue<string>()),
            ],
            BodyMedia = content?.Key,
            Body = content is { Key: "application/json" } json ? new SchemaValues(json.Value!["schema"]!, schemas) : null,
            Statuses = operation["responses"]!.AsObject().Select(answer => int.Parse(answer.Key, CultureInfo.InvariantCulture)).ToHashSet(),
            SaysStatusOnly = operation["responses"]!.AsObject().Any(answer => answer.Key[0] >= '4' && answer.Value!["$ref"] is null),
            IsOpen = operation["security"]!.AsArray().Count == 0,
            TakesKeys = operation["security"]!.AsArray().Any(way => way!.AsObject().ContainsKey("key")),
        };
    }

    private static JsonArray Parameters(JsonNode operation) => operation["parameters"]?.AsArray() ?? [];
}
