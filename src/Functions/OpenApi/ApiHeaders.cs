using System.Text.Json.Nodes;
using Relais.Access;
using Relais.Access.Members;

namespace Relais.OpenApi;

/// <summary>Headers of requests and answers, apart from those that every HTTP client knows by itself.</summary>
internal static class ApiHeaders
{
    private static readonly Dictionary<string, string> Words = new()
    {
        ["Idempotency-Key"] = "Makes a repetition of the request harmless.",
        [RequestedTenant.Header] = "The tenant in whose name, by id or slug. Needed only by members of several.",
    };

    /// <summary>The headers that a route reads, as parameters.</summary>
    public static IEnumerable<JsonObject> ForRequest(ApiRoute route) =>
        (route.Access is AccessRule.Requires ? [RequestedTenant.Header] : Array.Empty<string>()).Concat(route.Describe?.Headers ?? []).Select(name => new JsonObject
        {
            ["name"] = name,
            ["in"] = "header",
            ["required"] = false,
            ["description"] = Words[name],
            ["schema"] = new JsonObject { ["type"] = "string" },
        });

    /// <summary>The headers of an answer: one.</summary>
    public static JsonObject ForResponse(string name, string words, string type = "string") =>
        new() { [name] = new JsonObject { ["description"] = words, ["schema"] = new JsonObject { ["type"] = type } } };
}
