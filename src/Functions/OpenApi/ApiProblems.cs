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

    public static IEnumerable<int> StatusesOf(ApiRoute route, string method)
    {
        var isClosed = route.Access is not AccessRule.Public;
        // a provider's webhook is refused by a status alone
        var takesBody = isClosed && ApiOperation.HasRequestBody(route.Describe);
        return Statuses.Where(status => status switch
        {
            401 or 403 => isClosed,
            429 => route.Access is not AccessRule.Public { IsLimited: false },
            503 => isClosed && route.Describe?.Unavailable is null,
            // a body may name what does not exist
            404 => route.Parameters.Any() || takesBody,
            409 => isClosed && method is not "get",
            413 or 415 => takesBody,
            _ => true,
        });
    }

    private static string Name(int status) => "Problem" + status.ToString(CultureInfo.InvariantCulture);

    private static JsonObject Response(int status)
    {
        var response = new JsonObject { ["description"] = Problem.ReasonPhrase(status) };
        if (CreateHeader(status) is { } header)
        {
            response["headers"] = header;
        }

        response["content"] = new JsonObject
        {
            [Problem.MediaType] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{nameof(ProblemDetails)}" } },
        };
        return response;
    }

    private static JsonObject? CreateHeader(int status) => status switch
    {
        401 => ApiHeaders.ForResponse("WWW-Authenticate", "Bearer, whatever the reason."),
        429 => ApiHeaders.ForResponse("Retry-After", "Seconds to wait.", "integer"),
        _ => null,
    };
}
