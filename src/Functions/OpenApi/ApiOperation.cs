using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Relais.Platform.Http;

namespace Relais.OpenApi;

/// <summary>Creates the OpenAPI operation of a route and an HTTP method.</summary>
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
        if (CreateParameters(route) is { Count: > 0 } parameters)
        {
            operation["parameters"] = parameters;
        }

        if (HasRequestBody(route.Describe))
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = CreateRequestBody(route.Describe!, schemas),
            };
        }

        operation["responses"] = CreateResponses(route, method, schemas);
        return operation;
    }

    public static bool HasRequestBody(DescribeAttribute? describe) =>
        describe is not null && (describe.Request is not null || describe.RequestMediaType != JsonMedia);

    private static JsonArray CreateParameters(ApiRoute route) =>
    [
        .. route.Parameters.Select(name => new JsonObject
        {
            ["name"] = name,
            ["in"] = "path",
            ["required"] = true,
            ["schema"] = IsId(name)
                ? new JsonObject { ["type"] = "string", ["format"] = "uuid" }
                : new JsonObject { ["type"] = "string" },
        }),
        .. (route.Describe?.Query ?? []).Select(CreateQueryParameter),
        .. ApiHeaders.ForRequest(route),
    ];

    private static bool IsId(string name) => name == "id" || name.EndsWith("Id", StringComparison.Ordinal);

    /// <param name="declaration">
    /// The name of the parameter, optionally followed by =a|b for a closed list, or by :type, where type is integer, boolean, date,
    /// date-time or uuid.
    /// </param>
    private static JsonObject CreateQueryParameter(string declaration)
    {
        var separatorIndex = declaration.IndexOfAny(['=', ':']);
        var isConstrained = separatorIndex >= 0;
        var name = isConstrained ? declaration[..separatorIndex] : declaration;
        var separator = isConstrained ? declaration[separatorIndex] : ' ';
        var constraint = isConstrained ? declaration[(separatorIndex + 1)..] : "";
        var schema = CreateQuerySchema(name, separator, constraint);
        return new JsonObject { ["name"] = name, ["in"] = "query", ["required"] = false, ["schema"] = schema };
    }

    private static JsonObject CreateQuerySchema(string name, char separator, string constraint) => (name, separator, constraint) switch
    {
        ("limit", ' ', _) => new JsonObject
        {
            ["type"] = "integer",
            ["minimum"] = 1,
            ["maximum"] = PageQuery.MaxLimit,
            ["default"] = PageQuery.DefaultLimit,
        },
        (_, '=', _) => new JsonObject
        {
            ["type"] = "string",
            ["enum"] = new JsonArray([.. constraint.Split('|').Select(value => (JsonNode?)value)]),
        },
        (_, ':', "integer" or "boolean") => new JsonObject { ["type"] = constraint },
        (_, ':', _) => new JsonObject { ["type"] = "string", ["format"] = constraint },
        _ => new JsonObject { ["type"] = "string" },
    };

    private static JsonObject CreateResponses(ApiRoute route, string method, ApiSchemas schemas)
    {
        var describe = route.Describe;
        var status = describe?.Status ?? StatusCodes.Status200OK;
        var content = describe is not null && (describe.Response is not null || describe.ResponseMediaType != JsonMedia)
            ? CreateContent(describe.ResponseMediaType, describe.Response, schemas.ForResponse)
            : null;
        var responses = new SortedDictionary<int, JsonObject>
        {
            [status] = CreateSuccess(status, content, status == StatusCodes.Status201Created),
        };
        if (describe?.AcceptedResponse is { } accepted)
        {
            var acceptedContent = CreateContent(JsonMedia, accepted, schemas.ForResponse);
            responses.Add(
                StatusCodes.Status202Accepted,
                CreateSuccess(StatusCodes.Status202Accepted, acceptedContent, describe.AcceptedHasLocation));
        }

        if (describe?.Unavailable is { } unavailable)
        {
            responses.Add(StatusCodes.Status503ServiceUnavailable, new JsonObject
            {
                ["description"] = Problem.Title(StatusCodes.Status503ServiceUnavailable),
                ["content"] = CreateContent(JsonMedia, unavailable, schemas.ForResponse),
            });
        }

        foreach (var problemStatus in ApiProblems.StatusesOf(route, method))
        {
            responses.Add(problemStatus, ApiProblems.Reference(problemStatus));
        }

        foreach (var bodylessStatus in describe?.BodylessStatuses ?? [])
        {
            responses[bodylessStatus] = new JsonObject { ["description"] = Problem.Title(bodylessStatus) };
        }

        return new JsonObject(responses.Select(response =>
            KeyValuePair.Create(response.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)response.Value)));
    }

    private static JsonObject CreateSuccess(int status, JsonObject? content, bool hasLocation)
    {
        var success = new JsonObject { ["description"] = Description(status) };
        if (hasLocation)
        {
            success["headers"] = ApiHeaders.ForResponse("Location", "The address of the resource.");
        }

        if (content is not null)
        {
            success["content"] = content;
        }

        return success;
    }

    private static JsonObject CreateRequestBody(DescribeAttribute describe, ApiSchemas schemas)
    {
        var content = CreateContent(describe.RequestMediaType, describe.Request, schemas.ForRequest);
        if (describe.AcceptsFileForm)
        {
            content["multipart/form-data"] = JsonNode.Parse("""
                {
                  "schema": {
                    "type": "object",
                    "properties": { "file": { "type": "string", "contentMediaType": "application/octet-stream" } },
                    "required": ["file"]
                  }
                }
                """);
        }

        return content;
    }

    private static JsonObject CreateContent(string mediaType, Type? type, Func<Type, JsonNode> createSchema)
    {
        var isForm = mediaType.StartsWith("application/x-www", StringComparison.Ordinal);
        var schema = type is null ? new JsonObject { ["type"] = isForm ? "object" : "string" } : createSchema(type);
        return new JsonObject { [mediaType] = new JsonObject { ["schema"] = schema } };
    }

    private static string Description(int status) => status switch
    {
        StatusCodes.Status200OK => "Done",
        StatusCodes.Status201Created => "Created",
        StatusCodes.Status202Accepted => "Accepted; processing continues in the background",
        StatusCodes.Status204NoContent => "No content",
        _ => "Success",
    };
}
