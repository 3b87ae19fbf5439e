using System.Globalization;
using System.Text.Json.Nodes;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.OpenApi;

/// <summary>Which failures a route may answer with; each is the same problem document.</summary>
internal static class ApiProblems
{
    private static readonly int[] Statuses = [400, 401, 403, 404, 409, 413, 415, 429, 500, 503];

    public static JsonObject Components() => new(Statuses.Select(status => KeyValuePair.Create(Name(status), (JsonNode?)Response(status))));

    public static JsonObject Reference(int status) => new() { ["$ref"] = $"#/components/responses/{Name(status)}" };

    public static IEnumerable<int> Of(ApiRoute route, string method)
    {
        var takesBody = ApiOperation.TakesBody(route.Describe);
        var isClosed = route.Access is not AccessRule.Open;
        // a provider's webhook answers with a status alone
        return !isClosed && takesBody ? [] : Statuses.Where(status => status switch
        {
            401 => isClosed,
            403 => isClosed,
            // a body may name what does not exist
            404 => route.Parameters.Any() || takesBody,
            409 => method is not "get",
            413 or 415 => takesBody,
            503 => isClosed,
            _ => true,
        });
    }

    private static string Name(int status) => "Problem" + status.ToString(CultureInfo.InvariantCulture);

    private static JsonObject Response(int status) => new()
    {
        ["description"] = Problem.Title(status),
        ["content"] = new JsonObject
        {
            [Problem.MediaType] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{nameof(ProblemDetails)}" } },
        },
    };
}
