using System.Text.Json.Nodes;
using Relais.Access;

namespace Relais.OpenApi;

/// <summary>Describes the credentials that the API accepts.</summary>
internal static class ApiSecurity
{
    private const string TokenScheme = "token";
    private const string KeyScheme = "key";

    public static JsonObject Schemes() => new()
    {
        [TokenScheme] = new JsonObject
        {
            ["type"] = "http",
            ["scheme"] = "bearer",
            ["description"] =
                "An access token (JWT) of the configured issuer, or an API key (rk_…). Members of several tenants name one of them in " +
                "the header X-Tenant, by id or slug.",
        },
        [KeyScheme] = new JsonObject
        {
            ["type"] = "apiKey",
            ["in"] = "header",
            ["name"] = "X-Api-Key",
            ["description"] = "An API key (rk_…).",
        },
    };

    public static JsonArray RequirementsOf(AccessRule rule) => rule switch
    {
        AccessRule.Requires { Scope: not null } => [Requirement(TokenScheme), Requirement(KeyScheme)],
        AccessRule.Public => [],
        _ => [Requirement(TokenScheme)],
    };

    private static JsonObject Requirement(string scheme) => new() { [scheme] = new JsonArray() };
}
