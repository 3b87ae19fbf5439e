using System.Text.Json.Nodes;
using Relais.Access;
using Relais.Access.Members;
using Relais.Platform.Http;

namespace Relais.OpenApi;

/// <summary>Describes the headers of requests and responses, except standard headers such as Content-Type.</summary>
internal static class ApiHeaders
{
    private static readonly Dictionary<string, string> Descriptions = new()
    {
        [IdempotencyKey.Header] = "A key that the client chooses. A repeated request with the same key has no second effect.",
        [RequestedTenant.Header] = "The id or slug of the tenant. Required only for members of several tenants.",
    };

    /// <summary>Describes the headers that a route reads, as parameters.</summary>
    public static IEnumerable<JsonObject> ForRequest(ApiRoute route)
    {
        var tenantHeader = route.Access is AccessRule.Requires ? [RequestedTenant.Header] : Array.Empty<string>();
        return tenantHeader.Concat(route.Describe?.Headers ?? []).Select(name => new JsonObject
        {
            ["name"] = name,
            ["in"] = "header",
            ["required"] = false,
            ["description"] = Descriptions[name],
            ["schema"] = new JsonObject { ["type"] = "string" },
        });
    }

    /// <summary>Describes the single header of a response.</summary>
    public static JsonObject ForResponse(string name, string description, string type = "string") =>
        new() { [name] = new JsonObject { ["description"] = description, ["schema"] = new JsonObject { ["type"] = type } } };
}
