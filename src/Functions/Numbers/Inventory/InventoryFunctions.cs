using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.Numbers.Inventory;

internal sealed class InventoryFunctions(
    ListNumbers list, SyncNumbers sync, RepairNumber repair, ReleaseNumber release, ConnectExistingNumber connect)
{
    [Function(nameof(ListNumbers))]
    [Require(Role.Viewer, Scope.Telephony)]
    [Describe(
        "Lists the numbers of the account in the order of their creation here, with their expected and their actual webhooks.",
        Response = typeof(ListNumbers.Output),
        Query = ["after:uuid", "limit", "released:boolean"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/telephony/numbers")] HttpRequest request,
        FunctionContext context,
        CancellationToken ct)
    {
        var (page, released) = (PageQuery.From(request), QueryFlag.Parse(request, "released"));
        return (page.Failure ?? released.Failure)?.ToHttp()
            ?? HttpResponses.Ok(await list.RunAsync(context.Tenant(), page.Value, released.Value, ct));
    }

    [Function(nameof(SyncNumbers))]
    [Require(Role.Operator, Scope.Telephony)]
    [Describe("Synchronises the inventory with the numbers of the account and repairs webhooks.", Response = typeof(SyncOutcome))]
    public async Task<IResult> Sync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/sync")] HttpRequest request,
        FunctionContext context,
        CancellationToken ct) =>
        (await sync.RunAsync(context.Tenant(), context.Caller().Actor, ct)).ToHttp();

    [Function(nameof(RepairNumber))]
    [Require(Role.Operator, Scope.Telephony)]
    [Describe("Sets the webhooks of a connected number again.", Response = typeof(NumberView))]
    public async Task<IResult> Repair(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/numbers/{id}/repair")] HttpRequest request,
        string id,
        FunctionContext context,
        CancellationToken ct) =>
        (await repair.RunAsync(context.Caller(), RouteId.Parse(id), ct)).ToHttp();

    [Function(nameof(ReleaseNumber))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe(
        "Releases a number at the provider permanently; 202 with state releasing if the provider cannot be reached yet.",
        Request = typeof(ReleaseRequest),
        Response = typeof(NumberView),
        AcceptedResponse = typeof(NumberView))]
    public async Task<IResult> Release(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/numbers/{id}/release")] HttpRequest request,
        string id,
        FunctionContext context,
        CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<ReleaseRequest>(request, ct);
        return body.Failure?.ToHttp()
            ?? (await release.RunAsync(context.Caller(), RouteId.Parse(id), body.Value, ct)).ToHttp(ToReleaseResponse);
    }

    [Function(nameof(ConnectExistingNumber))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe(
        "Connects a number of the account: points its webhooks to this installation and makes it a sender.",
        Request = typeof(ConfigureRequest),
        Response = typeof(ConfigureResult))]
    public async Task<IResult> Configure(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "configure-twilio-webhook")] HttpRequest request,
        FunctionContext context,
        CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<ConfigureRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await connect.RunAsync(context.Caller(), body.Value, ct)).ToHttp();
    }

    private static IResult ToReleaseResponse(NumberView number) => Results.Json(
        number, Json.Options, statusCode: number.State == NumberState.Released ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
}
