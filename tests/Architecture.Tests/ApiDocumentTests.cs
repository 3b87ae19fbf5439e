using System.Text.Json;
using System.Text.RegularExpressions;
using Relais.Access;
using Relais.OpenApi;

namespace Architecture.Tests;

public sealed partial class ApiDocumentTests
{
    private const string Path = "docs/api/openapi.json";

    private static readonly string Text = ApiDocument.Create(Repository.App);
    private static readonly JsonElement Document = JsonDocument.Parse(Text).RootElement;

    [Fact]
    public void The_document_equals_the_approved_text() => Approved.Equal(Path, Text);

    [Fact]
    public void The_document_is_deterministic() => Assert.Equal(Text, ApiDocument.Create(Repository.App));

    [Fact]
    public void Every_http_function_is_described_in_a_sentence() =>
        Repository.None(
            ApiRoute.ReadRoutes(Repository.App).Where(route => route.Describe?.Summary.EndsWith('.') != true).Select(route => route.Name));

    [Fact]
    public void Every_http_function_is_in_the_document_once()
    {
        var functions = ApiRoute.ReadRoutes(Repository.App).ToList();
        var operationIds = Operations().Select(operation => operation.Value.GetProperty("operationId").GetString()!).ToList();

        Assert.Equal(functions.Sum(route => route.Methods.Count), operationIds.Count);
        Assert.Equal(operationIds.Count, operationIds.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(functions, route => Assert.Contains(operationIds, id => id.StartsWith(route.Name, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void Every_reference_resolves_and_every_component_is_used()
    {
        var references = References(Document).ToHashSet();
        var components = Document.GetProperty("components").EnumerateObject()
            .Where(kind => kind.Name is "schemas" or "responses")
            .SelectMany(kind => kind.Value.EnumerateObject().Select(component => $"#/components/{kind.Name}/{component.Name}"))
            .ToHashSet();

        Assert.NotEmpty(references);
        Repository.None(references.Except(components));
        Repository.None(components.Except(references));
    }

    [Fact]
    public void Every_operation_states_access_and_responses()
    {
        var schemes = Document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Select(scheme => scheme.Name)
            .ToHashSet();

        Assert.All(Operations(), operation =>
        {
            var schemeNames = operation.Value.GetProperty("security").EnumerateArray()
                .SelectMany(requirement => requirement.EnumerateObject())
                .Select(requirement => requirement.Name).ToList();
            var access = operation.Value.GetProperty("x-access").GetString()!;
            var responses = operation.Value.GetProperty("responses").EnumerateObject().Select(response => response.Name).ToList();
            Assert.Matches(Access(), access);
            Assert.Equal(access == "public", schemeNames.Count == 0);
            Assert.Equal(access.Contains(','), schemeNames.Contains("key"));
            Assert.Subset(schemes, schemeNames.ToHashSet());
            Assert.Contains(responses, status => status[0] == '2');
            Assert.Equal(access != "public", responses.Contains("401"));
        });
    }

    [Fact]
    public void The_placeholders_of_a_path_are_its_path_parameters() =>
        Assert.All(Operations(), operation =>
        {
            var declared = operation.Value.TryGetProperty("parameters", out var parameters)
                ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "path")
                    .Select(parameter => parameter.GetProperty("name").GetString())
                : [];
            Assert.Equal(Placeholder().Matches(operation.Key).Select(match => match.Groups[1].Value), declared);
        });

    [Fact]
    public void Every_schema_has_a_type() =>
        Repository.None(Document.GetProperty("components").GetProperty("schemas").EnumerateObject()
            .SelectMany(schema =>
                schema.Value.GetProperty("properties").EnumerateObject()
                    .Select(property => (Schema: schema.Name, property.Name, property.Value)))
            .Where(property => property.Value.ValueKind != JsonValueKind.Object)
            .Select(property => $"{property.Schema}.{property.Name} is written by a converter: give its type a [Schema]"));

    [Theory]
    [InlineData("/api/purchase-twilio-number", "post", "PendingOrder", true)]
    [InlineData("/api/v1/telephony/numbers/{id}/release", "post", "NumberView", false)]
    public void Operations_that_continue_in_the_background_document_202(string path, string method, string schema, bool hasLocation)
    {
        var pending = Document.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty("202");

        Assert.EndsWith(
            $"/{schema}",
            pending.GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString());
        Assert.Equal(hasLocation, pending.TryGetProperty("headers", out var headers) && headers.TryGetProperty("Location", out _));
    }

    [Fact]
    public void Headers_are_described_for_the_operations_that_read_them()
    {
        Assert.All(Operations(), operation =>
            Assert.Equal(
                operation.Value.GetProperty("x-access").GetString() is not ("public" or "signed-in"),
                Headers(operation.Value).Contains("X-Tenant")));
        Assert.Equal(
            ["createTenant", "purchaseNumber"],
            Operations().Where(operation => Headers(operation.Value).Contains("Idempotency-Key"))
                .Select(operation => operation.Value.GetProperty("operationId").GetString()).Order());
    }

    [Fact]
    public void Webhook_refusals_have_no_body()
    {
        var responses = Document.GetProperty("paths").GetProperty("/api/webhook-router").GetProperty("post").GetProperty("responses");

        Assert.All(
            ["400", "403", "413", "429", "503"], status => Assert.False(responses.GetProperty(status).TryGetProperty("content", out _)));
    }

    [Fact]
    public void Review_B07_List_descriptions_state_the_order_of_the_statement()
    {
        var lists = ApiRoute.ReadRoutes(Repository.App)
            .Where(route => route.Describe?.Query.Any(name => name.StartsWith("after:", StringComparison.Ordinal)) == true).ToList();

        Assert.True(lists.Count > 8);
        Assert.All(lists, route =>
        {
            var statement = Repository.Text(
                Repository.AppSources.Single(file => file.EndsWith($"/{route.Name}.cs", StringComparison.Ordinal)));
            var orders = PageOrder().Matches(statement).Select(match => match.Groups[1].Success).Distinct().ToList();
            var summary = route.Describe!.Summary;
            Assert.Equal(summary.Contains("newest first", StringComparison.Ordinal), Assert.Single(orders));
            Assert.Matches(OrderInWords(), summary);
        });
    }

    [Fact]
    public void A_cursor_is_an_id_or_a_line_number() =>
        Assert.All(
            Operations().SelectMany(operation => Parameters(operation.Value))
                .Where(parameter => parameter.GetProperty("name").GetString() == "after")
                .Select(parameter => parameter.GetProperty("schema")),
            schema =>
                Assert.True(schema.GetProperty("type").GetString() == "integer" || schema.GetProperty("format").GetString() == "uuid"));

    [Fact]
    public void A_function_without_access_rule_is_denied_in_the_document()
    {
        var route = ApiRoute.ReadRoutes(Repository.App).First() with { Access = new AccessRule.Undeclared() };

        Assert.Equal("nobody", route.AccessText);
        Assert.DoesNotMatch(Access(), route.AccessText);
    }

    private static List<JsonElement> Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateArray()] : [];

    private static IEnumerable<string?> Headers(JsonElement operation) =>
        Parameters(operation).Where(parameter => parameter.GetProperty("in").GetString() == "header")
            .Select(parameter => parameter.GetProperty("name").GetString());

    private static IEnumerable<KeyValuePair<string, JsonElement>> Operations() =>
        Document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject(), (path, operation) => KeyValuePair.Create(path.Name, operation.Value));

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        JsonValueKind.Object =>
            element.EnumerateObject()
                .SelectMany(property => property.Name == "$ref" ? [property.Value.GetString()!] : References(property.Value)),
        _ => [],
    };

    [GeneratedRegex("^(?:public|signed-in|(?:viewer|operator|owner)(?:, [a-z]+)?)$")]
    private static partial Regex Access();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();

    // Matches the order of a page, not of a subquery.
    [GeneratedRegex(@"order by [\w.]+( desc)?\s+limit @Limit")]
    private static partial Regex PageOrder();

    [GeneratedRegex("newest first|oldest first|oldest contact first|in the order of|by lines")]
    private static partial Regex OrderInWords();
}
