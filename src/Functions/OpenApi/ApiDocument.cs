using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Relais.Platform.Http;

namespace Relais.OpenApi;

/// <summary>The OpenAPI 3.1 document of the functions in an assembly; the same text for the same functions.</summary>
internal static class ApiDocument
{
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Create(Assembly assembly)
    {
        var routes = ApiRoute.ReadAll(assembly).ToList();
        var schemas = new ApiSchemas();
        foreach (var taken in routes.Select(route => route.Describe?.Request).OfType<Type>())
        {
            schemas.ForRequest(taken);
        }

        var paths = Paths(routes, schemas);
        schemas.ForResponse(typeof(ProblemDetails));
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Relais",
                ["version"] = "1",
                ["description"] = "Campaigns over WhatsApp and SMS, and what belongs to them. x-access says who may: a role (and those above it), and the scope that an API key needs in its place.",
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
        return document.ToJsonString(Pretty) + "\n";
    }

    private static JsonObject Paths(IEnumerable<ApiRoute> routes, ApiSchemas schemas)
    {
        var paths = new JsonObject();
        foreach (var path in routes.GroupBy(route => route.Path, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var operations = path.SelectMany(route => route.Methods, (route, method) => (Method: method.ToLowerInvariant(), Route: route));
            paths[path.Key] = new JsonObject(operations.OrderBy(operation => operation.Method, StringComparer.Ordinal)
                .Select(operation => KeyValuePair.Create(operation.Method, (JsonNode?)ApiOperation.Create(operation.Route, operation.Method, schemas))));
        }

        return paths;
    }
}
