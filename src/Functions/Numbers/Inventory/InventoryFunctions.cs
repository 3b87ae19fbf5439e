using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.Numbers.Inventory;

internal sealed class InventoryFunctions(ListNumbers list, SyncNumbers sync, RepairNumber repair, ReleaseNumber release, ConnectExistingNumber configure)
{
    [Function(nameof(ListNumbers))]
    [Require(Role.Viewer, Scope.Telephony)]
    [Describe("The numbers of the account in the order of their arrival, with where their messages go and where they must.", Response = typeof(ListNumbers.Output), Query = ["after:uuid", "limit", "released:boolean"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/telephony/numbers")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var (page, released) = (PageQuery.From(request), QueryFlag.Parse(request, "released"));
        return (page.Failure ?? released.Failure)?.ToHttp() ?? HttpAnswers.Ok(await list.RunAsync(context.Tenant(), page.Value, released.Value, ct));
    }

    [Function(nameof(SyncNumbers))]
    [Require(Role.Operator, Scope.Telephony)]
    [Describe("Makes the inventory say what the account has.", Response = typeof(SyncOutcome))]
    public async Task<IResult> Sync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/sync")] HttpRequest request, FunctionContext context, CancellationToken ct) =>
        (await sync.RunAsync(context.Tenant(), context.Caller().Actor, ct)).ToHttp();

    [Function(nameof(RepairNumber))]
    [Require(Role.Operator, Scope.Telephony)]
    [Describe("Sets the webhooks of a connected number again.", Response = typeof(NumberView))]
    public async Task<IResult> Repair(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/numbers/{id}/repair")] HttpRequest request, string id, FunctionContext context, CancellationToken ct) =>
        (await repair.RunAsync(context.Caller(), RouteId.Parse(id), ct)).ToHttp();

    [Function(nameof(ReleaseNumber))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Gives a number back to Twilio, for good; 202 with state releasing where Twilio cannot be reached yet.", Request = typeof(ReleaseRequest), Response = typeof(NumberView), AcceptedResponse = typeof(NumberView))]
    public async Task<IResult> Release(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/numbers/{id}/release")] HttpRequest request, string id, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<ReleaseRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await release.RunAsync(context.Caller(), RouteId.Parse(id), body.Value, ct)).ToHttp(number =>
            Results.Json(number, Json.Options, statusCode: number.State == "released" ? StatusCodes.Status200OK : StatusCodes.Status202Accepted));
    }

    [Function(nameof(ConnectExistingNumber))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Connects a number of the account: its messages come here, and it can send.", Request = typeof(ConfigureRequest), Response = typeof(ConfigureResult))]
    public async Task<IResult> Configure(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "configure-twilio-webhook")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<ConfigureRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await configure.RunAsync(context.Caller(), body.Value, ct)).ToHttp();
    }
}
