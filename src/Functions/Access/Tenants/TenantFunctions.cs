using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Access.Tenants;

internal sealed class TenantFunctions(GetMe me, CreateTenant create, GetTenant get, ChangeTenant change)
{
    private const int MaxIdempotencyKeyLength = 255;

    [Function(nameof(GetMe))]
    [SignedIn]
    [Describe("Who signed in, and the tenants where they are a member.", Response = typeof(GetMe.Output))]
    public async Task<IResult> Me(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me")] HttpRequest request, FunctionContext context, CancellationToken ct) =>
        HttpAnswers.Ok(await me.RunAsync(context.Person(), ct));

    [Function(nameof(CreateTenant))]
    [SignedIn]
    [Describe("Creates a tenant whose owner is the caller; the header Idempotency-Key makes a repetition harmless.", Request = typeof(NewTenant), Response = typeof(TenantView), Status = 201, Headers = ["Idempotency-Key"])]
    public async Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/tenants")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var (body, key) = (await JsonBody.ReadAsync<NewTenant>(request, ct), IdempotencyKey(request));
        return (body.Failure ?? key.Failure)?.ToHttp()
            ?? (await create.RunAsync(context.Person(), body.Value, key.Value, ct)).ToCreated(_ => "/api/v1/tenant");
    }

    [Function(nameof(GetTenant))]
    [Require(Role.Viewer)]
    [Describe("The settings of the tenant.", Response = typeof(TenantView))]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/tenant")] HttpRequest request, FunctionContext context, CancellationToken ct) =>
        HttpAnswers.Ok(await get.RunAsync(context.Tenant(), ct));

    [Function(nameof(ChangeTenant))]
    [Require(Role.Owner)]
    [Describe("Replaces the settings of the tenant.", Request = typeof(TenantSettings), Response = typeof(TenantView))]
    public async Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/tenant")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<TenantSettings>(request, ct);
        return body.Failure?.ToHttp() ?? (await change.RunAsync(context.Caller(), body.Value, ct)).ToHttp();
    }

    private static Result<string?> IdempotencyKey(HttpRequest request) => request.Headers["Idempotency-Key"].ToString() switch
    {
        "" => (string?)null,
        { Length: > MaxIdempotencyKeyLength } => new Failure(FailureKind.Invalid, "invalid_idempotency_key", $"The Idempotency-Key may have {MaxIdempotencyKeyLength} characters at most."),
        var key => key,
    };
}
