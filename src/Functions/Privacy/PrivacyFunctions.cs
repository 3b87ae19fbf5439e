using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Http;
using Relais.Privacy.Erasure;

namespace Relais.Privacy;

internal sealed class PrivacyFunctions(
    ErasePerson erase, GetConsentHistory consentHistory, GetPrivacySettings settings, ChangePrivacySettings change)
{
    [Function(nameof(EraseContact))]
    [Require(Role.Owner, Scope.Contacts)]
    [Describe("Erases a contact and all its personal data; an opt-out is kept under a hash.", Response = typeof(ErasureCounts))]
    public async Task<IResult> EraseContact(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/contacts/{id}")] HttpRequest request,
        string id, FunctionContext context, CancellationToken ct) =>
        (await erase.RunAsync(context.Caller(), new ErasureRequest(RouteId.Parse(id), null), ct)).ToHttp();

    [Function(nameof(ErasePerson))]
    [Require(Role.Owner)]
    [Describe(
        "Erases the person with this address on every channel; the person need not be a contact.",
        Request = typeof(DataSubjectRequest), Response = typeof(ErasureCounts))]
    public async Task<IResult> ErasePerson(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/privacy/erase")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var person = await ReadAsync(request, ct);
        return person.Failure?.ToHttp()
            ?? (await erase.RunAsync(context.Caller(), new ErasureRequest(null, person.Value.Address), ct)).ToHttp();
    }

    [Function(nameof(GetConsentHistory))]
    [Require(Role.Owner)]
    [Describe(
        "Returns the consent history of one address, including the entries from before an erasure.",
        Request = typeof(DataSubjectRequest), Response = typeof(GetConsentHistory.Output))]
    public async Task<IResult> Prove(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/privacy/proof")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var person = await ReadAsync(request, ct);
        return person.Failure?.ToHttp() ?? HttpResponses.Ok(await consentHistory.RunAsync(context.Tenant(), person.Value, ct));
    }

    [Function(nameof(GetPrivacySettings))]
    [Require(Role.Viewer)]
    [Describe("Returns how long messages, webhook events and import reports are kept.", Response = typeof(PrivacySettings))]
    public async Task<IResult> Settings(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/privacy/settings")] HttpRequest request,
        FunctionContext context, CancellationToken ct) =>
        HttpResponses.Ok(await settings.RunAsync(context.Tenant(), ct));

    [Function(nameof(ChangePrivacySettings))]
    [Require(Role.Owner)]
    [Describe(
        "Changes how long messages, webhook events and import reports are kept.",
        Request = typeof(PrivacySettings), Response = typeof(PrivacySettings))]
    public async Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/privacy/settings")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<PrivacySettings>(request, ct);
        return body.Failure?.ToHttp() ?? (await change.RunAsync(context.Caller(), body.Value, ct)).ToHttp();
    }

    private static async Task<Result<DataSubjectRequest>> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<DataSubjectRequest>(request, ct);
        return body.Failure is null && body.Value.Faults() is { Count: > 0 } faults ? Failure.InvalidBody(faults) : body;
    }
}
