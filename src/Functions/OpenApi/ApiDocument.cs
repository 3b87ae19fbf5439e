using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Relais.Platform.Http;

namespace Relais.OpenApi;

/// <summary>
/// Creates the OpenAPI 3.1 document of the functions in an assembly. The text is deterministic, so that it can be compared with the
/// approved one.
/// </summary>
internal static class ApiDocument
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Create(Assembly assembly)
    {
        var routes = ApiRoute.ReadRoutes(assembly).ToList();
        var schemas = new ApiSchemas();
        // Request schemas are stricter. Each component is created once, so create those of requests before those of responses.
        foreach (var requestType in routes.Select(route => route.Describe?.Request).OfType<Type>())
        {
            schemas.ForRequest(requestType);
        }

        var paths = CreatePaths(routes, schemas);
        schemas.ForResponse(typeof(ProblemDetails));
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Relais",
                ["version"] = "1",
                ["description"] =
                    "Messaging campaigns over WhatsApp and SMS, with contacts, opt-outs and phone numbers. x-access is the required " +
                    "access: the lowest role of a member, then the scope of an API key, if the operation accepts API keys.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.Components,
                ["responses"] = ApiProblems.Components(),
                ["securitySchemes"] = ApiSecurity.Schemes(),
            },
        };
        return document.ToJsonString(Indented) + "\n";
    }

    private static JsonObject CreatePaths(IEnumerable<ApiRoute> routes, ApiSchemas schemas)
    {
        var paths = new JsonObject();
        var routesByPath = routes.GroupBy(route => route.Path, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (var path in routesByPath)
        {
            var operations = path.SelectMany(route => route.Methods, (route, method) => (Method: method.ToLowerInvariant(), Route: route));
            paths[path.Key] = new JsonObject(operations
                .OrderBy(operation => operation.Method, StringComparer.Ordinal)
                .Select(operation => KeyValuePair.Create(
                    operation.Method, (JsonNode?)ApiOperation.Create(operation.Route, operation.Method, schemas))));
        }

        return paths;
    }
}
