using System.Text.Json;
using System.Text.RegularExpressions;
using Architecture.Tests;

namespace Infra.Tests;

/// <summary>Checks the HTTP calls of docs/deploy.md against the approved contract.</summary>
public sealed partial class GuideTests
{
    [Fact]
    public void Each_call_of_the_guide_is_in_the_contract_with_its_fields()
    {
        using var contract = JsonDocument.Parse(Repository.Text("docs/api/openapi.json"));
        var calls = Call().Matches(Repository.Text("docs/deploy.md"))
            .Select(match => (Method: match.Groups[1].Value, Path: match.Groups[2].Value, Body: match.Groups[3].Value)).ToList();

        Assert.Contains(calls, call => call is { Method: "POST", Path: "v1/tenants" });
        Assert.Contains(calls, call => call is { Method: "PUT", Path: "v1/telephony/credentials" });
        Assert.Contains(calls, call => call is { Method: "GET", Path: "v1/messages/received" });
        Repository.None(
            calls.Select(call => Fault(contract.RootElement, call.Method, call.Path, call.Body)).Where(fault => fault is not null));
    }

    private static string? Fault(JsonElement contract, string method, string path, string body)
    {
        if (!contract.GetProperty("paths").TryGetProperty($"/api/{path}", out var route)
            || !route.TryGetProperty(method.ToLowerInvariant(), out var operation))
        {
            return $"{method} {path} is not in the contract";
        }

        if (!operation.TryGetProperty("requestBody", out var request))
        {
            return body.Length > 0 ? $"{method} {path} takes no body" : null;
        }

        var name = Snapshot.Text(request, "content", "application/json", "schema", "$ref").Split('/')[^1];
        var schema = contract.GetProperty("components").GetProperty("schemas").GetProperty(name);
        using var sent = JsonDocument.Parse(body);
        var fields = sent.RootElement.EnumerateObject().Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        var unknown = fields.Where(field => !schema.GetProperty("properties").TryGetProperty(field, out _));
        var missing = schema.TryGetProperty("required", out var required)
            ? required.EnumerateArray().Select(field => field.GetString()!).Where(field => !fields.Contains(field)) : [];
        var wrong = unknown.Concat(missing).ToList();
        return wrong.Count == 0 ? null : $"{method} {path}: {string.Join(", ", wrong)}";
    }

    [GeneratedRegex(@"^    relais (GET|POST|PUT) (\S+)(?: '([^']*)')?", RegexOptions.Multiline)]
    private static partial Regex Call();
}
