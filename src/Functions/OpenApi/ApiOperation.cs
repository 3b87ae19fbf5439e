using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Relais.Platform.Http;

namespace Relais.OpenApi;

/// <summary>One method of one route.</summary>
internal static class ApiOperation
{
    private const string JsonMedia = "application/json";

    public static JsonObject Create(ApiRoute route, string method, ApiSchemas schemas)
    {
        var name = JsonNamingPolicy.CamelCase.ConvertName(route.Name);
        var operation = new JsonObject
        {
            ["operationId"] = route.Methods.Count == 1 ? name : $"{name}-{method}",
            ["tags"] = new JsonArray(route.Module),
            ["summary"] = route.Describe?.Summary ?? "",
            ["x-access"] = route.AccessText,
            ["security"] = ApiSecurity.RequirementsOf(route.Access),
        };
        if (Parameters(route) is { Count: > 0 } parameters)
        {
            operation["parameters"] = parameters;
        }

        if (HasRequestBody(route.Describe))
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = RequestBody(route.Describe!, schemas),
            };
        }

        operation["responses"] = Responses(route, method, schemas);
        return operation;
    }

    public static bool HasRequestBody(DescribeAttribute? describe) => describe is not null && (describe.Request is not null || describe.TakesMediaType != JsonMedia);

    private static JsonArray Parameters(ApiRoute route) =>
    [
        .. route.Parameters.Select(name => new JsonObject
        {
            ["name"] = name,
            ["in"] = "path",
            ["required"] = true,
            ["schema"] = IsId(name) ? new JsonObject { ["type"] = "string", ["format"] = "uuid" } : new JsonObject { ["type"] = "string" },
        }),
        .. (route.Describe?.Query ?? []).Select(Query),
        .. ApiHeaders.ForRequest(route),
    ];

    private static bool IsId(string name) => name == "id" || name.EndsWith("Id", StringComparison.Ordinal);

    /// <param name="form">name, name=one|of|these, or name:type with integer, boolean, date, date-time or uuid.</param>
    private static JsonObject Query(string form)
    {
        var at = form.IndexOfAny(['=', ':']);
        var (name, rest) = at < 0 ? (form, "") : (form[..at], form[(at + 1)..]);
        return new JsonObject { ["name"] = name, ["in"] = "query", ["required"] = false, ["schema"] = Schema(name, at < 0 ? ' ' : form[at], rest) };
    }

    private static JsonObject Schema(string name, char kind, string rest) => (name, kind, rest) switch
    {
        ("limit", ' ', _) => new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = PageQuery.MaxLimit, ["default"] = PageQuery.DefaultLimit },
        (_, '=', _) => new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. rest.Split('|').Select(value => (JsonNode?)value)]) },
        (_, ':', "integer" or "boolean") => new JsonObject { ["type"] = rest },
        (_, ':', _) => new JsonObject { ["type"] = "string", ["format"] = rest },
        _ => new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Responses(ApiRoute route, string method, ApiSchemas schemas)
    {
        var describe = route.Describe;
        var status = describe?.Status ?? StatusCodes.Status200OK;
        var gives = describe is not null && (describe.Response is not null || describe.GivesMediaType != JsonMedia) ? Content(describe.GivesMediaType, describe.Response, schemas.ForResponse) : null;
        var answers = new SortedDictionary<int, JsonObject> { [status] = Success(status, gives, status == StatusCodes.Status201Created) };
        if (describe?.AcceptedResponse is { } pending)
        {
            answers.Add(StatusCodes.Status202Accepted, Success(StatusCodes.Status202Accepted, Content(JsonMedia, pending, schemas.ForResponse), describe.PendingHasLocation));
        }

        if (describe?.Unavailable is { } unavailable)
        {
            answers.Add(
                StatusCodes.Status503ServiceUnavailable,
                new JsonObject { ["description"] = Problem.ReasonPhrase(StatusCodes.Status503ServiceUnavailable), ["content"] = Content(JsonMedia, unavailable, schemas.ForResponse) });
        }

        foreach (var problem in ApiProblems.StatusesOf(route, method))
        {
            answers.Add(problem, ApiProblems.Reference(problem));
        }

        foreach (var refusal in describe?.BodylessStatuses ?? [])
        {
            answers[refusal] = new JsonObject { ["description"] = Problem.ReasonPhrase(refusal) };
        }

        return new JsonObject(answers.Select(answer => KeyValuePair.Create(answer.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)answer.Value)));
    }

    private static JsonObject Success(int status, JsonObject? content, bool hasLocation)
    {
        var success = new JsonObject { ["description"] = Description(status) };
        if (hasLocation)
        {
            success["headers"] = ApiHeaders.ForResponse("Location", "Where it can be read.");
        }

        if (content is not null)
        {
            success["content"] = content;
        }

        return success;
    }

    private static JsonObject RequestBody(DescribeAttribute describe, ApiSchemas schemas)
    {
        var content = Content(describe.TakesMediaType, describe.Request, schemas.ForRequest);
        if (describe.TakesFileForm)
        {
            content["multipart/form-data"] = JsonNode.Parse("""
                { "schema": { "type": "object", "properties": { "file": { "type": "string", "contentMediaType": "application/octet-stream" } }, "required": ["file"] } }
                """);
        }

        return content;
    }

    private static JsonObject Content(string media, Type? type, Func<Type, JsonNode> schema) => new()
    {
        [media] = new JsonObject { ["schema"] = type is null ? new JsonObject { ["type"] = media.StartsWith("application/x-www", StringComparison.Ordinal) ? "object" : "string" } : schema(type) },
    };

    private static string Description(int status) => status switch
    {
        StatusCodes.Status200OK => "Done",
        StatusCodes.Status201Created => "Created",
        StatusCodes.Status202Accepted => "Accepted; it goes on by itself",
        StatusCodes.Status204NoContent => "Done; there is nothing to say",
        _ => "Success",
    };
}
