using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Http;

namespace Relais.Access.Keys;

internal sealed class ApiKeyFunctions(CreateApiKey create, ListApiKeys list, RevokeApiKey revoke)
{
    [Function(nameof(CreateApiKey))]
    [Require(Role.Owner)]
    [Describe(
        "Creates an API key. Only this response shows the key.",
        Request = typeof(CreateApiKey.Input), Response = typeof(CreateApiKey.Output), Status = 201)]
    public async Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/api-keys")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<CreateApiKey.Input>(request, ct);
        return body.Failure?.ToHttp() ?? (await create.RunAsync(context.Caller(), body.Value, ct)).ToCreated(_ => "/api/v1/api-keys");
    }

    [Function(nameof(ListApiKeys))]
    [Require(Role.Owner)]
    [Describe(
        "Lists the API keys without their secret values, newest first.",
        Response = typeof(ListApiKeys.Output), Query = ["after:uuid", "limit"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/api-keys")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var page = PageQuery.From(request);
        return page.Failure?.ToHttp() ?? HttpResponses.Ok(await list.RunAsync(context.Tenant(), page.Value, ct));
    }

    [Function(nameof(RevokeApiKey))]
    [Require(Role.Owner)]
    [Describe("Revokes an API key permanently.", Status = 204)]
    public async Task<IResult> Revoke(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/api-keys/{id}")] HttpRequest request, string id,
        FunctionContext context, CancellationToken ct) =>
        (await revoke.RunAsync(context.Caller(), RouteId.Parse(id), ct)).ToHttp(_ => Results.NoContent());
}
