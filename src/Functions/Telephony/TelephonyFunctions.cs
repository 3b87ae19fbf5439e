using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;
using Relais.Telephony.Accounts;
using Relais.Telephony.Inventory;
using Relais.Telephony.Offers;

namespace Relais.Telephony;

internal sealed class AccountFunctions(GetTelephony get, SaveCredentials save, DeleteCredentials delete, ChangeTelephonySettings change)
{
    [Function(nameof(GetTelephony))]
    [Require(Role.Viewer, Scope.Telephony)]
    [Describe("The account, its numbers in figures, and where their messages must go.", Gives = typeof(GetTelephony.Output))]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/telephony")] HttpRequest request, FunctionContext context, CancellationToken ct) =>
        HttpAnswers.Ok(await get.RunAsync(context.Tenant(), ct));

    [Function(nameof(SaveCredentials))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Checks the account's credentials with Twilio and stores them; the token cannot be read again.", Takes = typeof(CredentialsRequest), Gives = typeof(AccountView))]
    public async Task<IResult> Save(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/telephony/credentials")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<CredentialsRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await save.RunAsync(context.Caller(), body.Value, ct)).ToHttp();
    }

    [Function(nameof(DeleteCredentials))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Forgets an account of which nothing is in use; with abandon, whatever it still holds is given up here and stays at Twilio.", Status = StatusCodes.Status204NoContent, Query = ["abandon:boolean"])]
    public async Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/telephony/credentials")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var abandon = QueryFlag.Parse(request, "abandon");
        return (abandon.Failure ?? await delete.RunAsync(context.Caller(), abandon.Value, ct))?.ToHttp() ?? Results.NoContent();
    }

    [Function(nameof(ChangeTelephonySettings))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Changes what the hourly synchronisation may do.", Takes = typeof(TelephonySettings), Gives = typeof(TelephonySettings))]
    public async Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/telephony/settings")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<TelephonySettings>(request, ct);
        return body.Failure?.ToHttp() ?? (await change.RunAsync(context.Caller(), body.Value, ct)).ToHttp();
    }
}

internal sealed class OfferFunctions(SearchNumbers search, GetRequirements requirements)
{
    [Function(nameof(SearchNumbers))]
    [Require(Role.Operator, Scope.Telephony)]
    [Describe("Numbers for sale, 30 at the most.", Takes = typeof(SearchRequest), Gives = typeof(SearchAnswer))]
    public async Task<IResult> Search(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "search-twilio-numbers")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<SearchRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await search.RunAsync(context.Tenant(), body.Value, ct)).ToHttp();
    }

    [Function(nameof(GetRequirements))]
    [Require(Role.Operator, Scope.Telephony)]
    [Describe("What the purchase of a number, or of any number of a type in a country, needs.", Takes = typeof(RequirementsRequest), Gives = typeof(PurchaseRequirements))]
    public async Task<IResult> Requirements(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/requirements")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<RequirementsRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await requirements.RunAsync(context.Tenant(), body.Value, ct)).ToHttp();
    }
}

internal sealed class InventoryFunctions(ListNumbers list, SyncNumbers sync, RepairNumber repair, ReleaseNumber release, ConnectExistingNumber configure)
{
    [Function(nameof(ListNumbers))]
    [Require(Role.Viewer, Scope.Telephony)]
    [Describe("The numbers of the account in the order of their arrival, with where their messages go and where they must.", Gives = typeof(ListNumbers.Output), Query = ["after:uuid", "limit", "released:boolean"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/telephony/numbers")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var (page, released) = (PageQuery.From(request), QueryFlag.Parse(request, "released"));
        return (page.Failure ?? released.Failure)?.ToHttp() ?? HttpAnswers.Ok(await list.RunAsync(context.Tenant(), page.Value, released.Value, ct));
    }

    [Function(nameof(SyncNumbers))]
    [Require(Role.Operator, Scope.Telephony)]
    [Describe("Makes the inventory say what the account has.", Gives = typeof(SyncOutcome))]
    public async Task<IResult> Sync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/sync")] HttpRequest request, FunctionContext context, CancellationToken ct) =>
        (await sync.RunAsync(context.Tenant(), context.Caller().Actor, ct)).ToHttp();

    [Function(nameof(RepairNumber))]
    [Require(Role.Operator, Scope.Telephony)]
    [Describe("Sets the webhooks of a connected number again.", Gives = typeof(NumberView))]
    public async Task<IResult> Repair(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/numbers/{id}/repair")] HttpRequest request, string id, FunctionContext context, CancellationToken ct) =>
        (await repair.RunAsync(context.Caller(), RouteId.Parse(id), ct)).ToHttp();

    [Function(nameof(ReleaseNumber))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Gives a number back to Twilio, for good; 202 with state releasing where Twilio cannot be reached yet.", Takes = typeof(ReleaseRequest), Gives = typeof(NumberView), Pending = typeof(NumberView))]
    public async Task<IResult> Release(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/telephony/numbers/{id}/release")] HttpRequest request, string id, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<ReleaseRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await release.RunAsync(context.Caller(), RouteId.Parse(id), body.Value, ct)).ToHttp(number =>
            Results.Json(number, Json.Options, statusCode: number.State == "released" ? StatusCodes.Status200OK : StatusCodes.Status202Accepted));
    }

    [Function(nameof(ConnectExistingNumber))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Connects a number of the account: its messages come here, and it can send.", Takes = typeof(ConfigureRequest), Gives = typeof(ConfigureResult))]
    public async Task<IResult> Configure(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "configure-twilio-webhook")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<ConfigureRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await configure.RunAsync(context.Caller(), body.Value, ct)).ToHttp();
    }
}
