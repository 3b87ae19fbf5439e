using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.Accounts;

internal sealed class AccountFunctions(GetTelephony get, SaveCredentials save, DeleteCredentials delete, ChangeTelephonySettings change)
{
    [Function(nameof(GetTelephony))]
    [Require(Role.Viewer, Scope.Telephony)]
    [Describe("The account, its numbers in figures, and where their messages must go.", Response = typeof(GetTelephony.Output))]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/telephony")] HttpRequest request, FunctionContext context, CancellationToken ct) =>
        HttpAnswers.Ok(await get.RunAsync(context.Tenant(), ct));

    [Function(nameof(SaveCredentials))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe("Checks the account's credentials with Twilio and stores them; the token cannot be read again.", Request = typeof(CredentialsRequest), Response = typeof(AccountView))]
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
    [Describe("Changes what the hourly synchronisation may do.", Request = typeof(TelephonySettings), Response = typeof(TelephonySettings))]
    public async Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/telephony/settings")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<TelephonySettings>(request, ct);
        return body.Failure?.ToHttp() ?? (await change.RunAsync(context.Caller(), body.Value, ct)).ToHttp();
    }
}
