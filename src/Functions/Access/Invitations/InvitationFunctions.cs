using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Http;

namespace Relais.Access.Invitations;

internal sealed class InvitationFunctions(InviteMember invite, ListInvitations list, RevokeInvitation revoke, AcceptInvitation accept)
{
    [Function(nameof(InviteMember))]
    [Require(Role.Owner)]
    [Describe("Makes an invitation, whose code is shown this once and works once within seven days.", Request = typeof(InviteMember.Input), Response = typeof(InviteMember.Output), Status = 201)]
    public async Task<IResult> Invite(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invitations")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<InviteMember.Input>(request, ct);
        return body.Failure?.ToHttp() ?? (await invite.RunAsync(context.Caller(), body.Value, ct)).ToCreated(_ => "/api/v1/invitations");
    }

    [Function(nameof(ListInvitations))]
    [Require(Role.Owner)]
    [Describe("The invitations, newest first, without their codes.", Response = typeof(ListInvitations.Output), Query = ["after:uuid", "limit"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/invitations")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var page = PageQuery.From(request);
        return page.Failure?.ToHttp() ?? HttpAnswers.Ok(await list.RunAsync(context.Tenant(), page.Value, ct));
    }

    [Function(nameof(RevokeInvitation))]
    [Require(Role.Owner)]
    [Describe("Takes an open invitation back.", Status = 204)]
    public async Task<IResult> Revoke(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/invitations/{id}")] HttpRequest request, string id, FunctionContext context, CancellationToken ct) =>
        (await revoke.RunAsync(context.Caller(), RouteId.Parse(id), ct)).ToHttp(_ => Results.NoContent());

    [Function(nameof(AcceptInvitation))]
    [SignedIn]
    [Describe("Makes the caller a member of the tenant that invited.", Request = typeof(AcceptInvitation.Input), Response = typeof(AcceptInvitation.Output))]
    public async Task<IResult> Accept(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invitations/accept")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<AcceptInvitation.Input>(request, ct);
        return body.Failure?.ToHttp() ?? (await accept.RunAsync(context.Person(), body.Value, ct)).ToHttp();
    }
}
