using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.Accounts;

internal sealed class AccountFunctions(GetTelephony get, SaveCredentials save, DeleteCredentials delete, ChangeTelephonySettings change)
{
    [Function(nameof(GetTelephony))]
    [Require(Role.Viewer, Scope.Telephony)]
    [Describe(
        "Returns the account, the counts of its numbers and the webhooks that they must have.",
        Response = typeof(GetTelephony.Output))]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/telephony")] HttpRequest request,
        FunctionContext context,
        CancellationToken ct) =>
        HttpResponses.Ok(await get.RunAsync(context.Tenant(), ct));

    [Function(nameof(SaveCredentials))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe(
        "Checks the account's credentials with the provider and stores them; the token cannot be read again.",
        Request = typeof(CredentialsRequest),
        Response = typeof(AccountView))]
    public async Task<IResult> Save(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/telephony/credentials")] HttpRequest request,
        FunctionContext context,
        CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<CredentialsRequest>(request, ct);
        return body.Failure?.ToHttp() ?? (await save.RunAsync(context.Caller(), body.Value, ct)).ToHttp();
    }

    [Function(nameof(DeleteCredentials))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe(
        "Deletes the account and its token if no part of it is in use; with abandon=true, its numbers, senders and orders end here " +
        "but stay at the provider.",
        Status = StatusCodes.Status204NoContent,
        Query = ["abandon:boolean"])]
    public async Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/telephony/credentials")] HttpRequest request,
        FunctionContext context,
        CancellationToken ct)
    {
        var abandon = QueryFlag.Parse(request, "abandon");
        return (abandon.Failure ?? await delete.RunAsync(context.Caller(), abandon.Value, ct))?.ToHttp() ?? Results.NoContent();
    }

    [Function(nameof(ChangeTelephonySettings))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe(
        "Sets whether the hourly synchronisation repairs changed webhooks.",
        Request = typeof(TelephonySettings),
        Response = typeof(TelephonySettings))]
    public async Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/telephony/settings")] HttpRequest request,
        FunctionContext context,
        CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<TelephonySettings>(request, ct);
        return body.Failure?.ToHttp() ?? (await change.RunAsync(context.Caller(), body.Value, ct)).ToHttp();
    }
}
