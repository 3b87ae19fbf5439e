using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Http;

namespace Relais.Access.Tenants;

internal sealed class TenantFunctions(GetMe me, CreateTenant create, GetTenant get, ChangeTenant change)
{
    [Function(nameof(GetMe))]
    [SignedIn]
    [Describe("Returns the signed-in user and the tenants in which the user is a member.", Response = typeof(GetMe.Output))]
    public async Task<IResult> Me(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me")] HttpRequest request,
        FunctionContext context, CancellationToken ct) =>
        HttpResponses.Ok(await me.RunAsync(context.SignedInUser(), ct));

    [Function(nameof(CreateTenant))]
    [SignedIn]
    [Describe(
        "Creates a tenant whose owner is the caller. A repeated request with the same Idempotency-Key returns the same tenant.",
        Request = typeof(NewTenant), Response = typeof(TenantView), Status = 201, Headers = [IdempotencyKey.Header])]
    public async Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/tenants")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var (body, key) = (await JsonBody.ReadAsync<NewTenant>(request, ct), IdempotencyKey.Read(request));
        return (body.Failure ?? key.Failure)?.ToHttp()
            ?? (await create.RunAsync(context.SignedInUser(), body.Value, key.Value, ct)).ToCreated(_ => "/api/v1/tenant");
    }

    [Function(nameof(GetTenant))]
    [Require(Role.Viewer)]
    [Describe("Returns the settings of the tenant.", Response = typeof(TenantView))]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/tenant")] HttpRequest request,
        FunctionContext context, CancellationToken ct) =>
        HttpResponses.Ok(await get.RunAsync(context.Tenant(), ct));

    [Function(nameof(ChangeTenant))]
    [Require(Role.Owner)]
    [Describe("Replaces the settings of the tenant.", Request = typeof(TenantSettings), Response = typeof(TenantView))]
    public async Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/tenant")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<TenantSettings>(request, ct);
        return body.Failure?.ToHttp() ?? (await change.RunAsync(context.Caller(), body.Value, ct)).ToHttp();
    }
}
