using System.Text.Json.Nodes;
using Relais.Access;

namespace Relais.OpenApi;

/// <summary>How a caller shows who it is.</summary>
internal static class ApiSecurity
{
    private const string Token = "token";
    private const string Key = "key";

    public static JsonObject Schemes() => new()
    {
        [Token] = new JsonObject
        {
            ["type"] = "http",
            ["scheme"] = "bearer",
            ["description"] = "An access token (JWT) of the organisation's identity provider, or an API key (rk_…). Members of several tenants name one in the header X-Tenant, by id or slug.",
        },
        [Key] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Api-Key", ["description"] = "An API key (rk_…)." },
    };

    public static JsonArray RequirementsOf(AccessRule rule) => rule switch
    {
        AccessRule.Requires { Scope: not null } => [Requirement(Token), Requirement(Key)],
        AccessRule.Public => [],
        _ => [Requirement(Token)],
    };

    private static JsonObject Requirement(string scheme) => new() { [scheme] = new JsonArray() };
}
