using System.Globalization;
using System.Text.Json.Nodes;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.OpenApi;

/// <summary>Finds the error statuses of a route. Every error response is a problem document (RFC 9457).</summary>
internal static class ApiProblems
{
    private static readonly int[] ErrorStatuses = [400, 401, 403, 404, 409, 413, 415, 429, 500, 503];

    public static JsonObject Components() => new(ErrorStatuses
        .Select(status => KeyValuePair.Create(ComponentName(status), (JsonNode?)CreateResponse(status))));

    public static JsonObject Reference(int status) => new() { ["$ref"] = $"#/components/responses/{ComponentName(status)}" };

    /// <summary>Returns the error statuses that an operation of the route can have.</summary>
    public static IEnumerable<int> StatusesOf(ApiRoute route, string method)
    {
        var requiresCredential = route.Access is not AccessRule.Public;
        // Refused provider webhooks get a status without a body; the attribute [Describe] lists these statuses.
        var hasBody = requiresCredential && ApiOperation.HasRequestBody(route.Describe);
        return ErrorStatuses.Where(status => status switch
        {
            401 or 403 => requiresCredential,
            429 => route.Access is not AccessRule.Public { IsLimited: false },
            503 => requiresCredential && route.Describe?.Unavailable is null,
            // A body may refer to an object that does not exist.
            404 => route.Parameters.Any() || hasBody,
            409 => requiresCredential && method is not "get",
            413 or 415 => hasBody,
            _ => true,
        });
    }

    private static string ComponentName(int status) => "Problem" + status.ToString(CultureInfo.InvariantCulture);

    private static JsonObject CreateResponse(int status)
    {
        var response = new JsonObject { ["description"] = Problem.Title(status) };
        if (CreateHeader(status) is { } header)
        {
            response["headers"] = header;
        }

        response["content"] = new JsonObject
        {
            [Problem.MediaType] = new JsonObject
            {
                ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{nameof(ProblemDetails)}" },
            },
        };
        return response;
    }

    private static JsonObject? CreateHeader(int status) => status switch
    {
        401 => ApiHeaders.ForResponse("WWW-Authenticate", "Always Bearer, for every authentication failure."),
        429 => ApiHeaders.ForResponse("Retry-After", "The number of seconds to wait before the next request.", "integer"),
        _ => null,
    };
}
