using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Http;

namespace Relais.Access.Invitations;

internal sealed class InvitationFunctions(InviteMember invite, ListInvitations list, RevokeInvitation revoke, AcceptInvitation accept)
{
    [Function(nameof(InviteMember))]
    [Require(Role.Owner)]
    [Describe(
        "Creates an invitation. Only this response shows the code, which works once and expires after seven days.",
        Request = typeof(InviteMember.Input), Response = typeof(InviteMember.Output), Status = 201)]
    public async Task<IResult> Invite(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invitations")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<InviteMember.Input>(request, ct);
        return body.Failure?.ToHttp() ?? (await invite.RunAsync(context.Caller(), body.Value, ct)).ToCreated(_ => "/api/v1/invitations");
    }

    [Function(nameof(ListInvitations))]
    [Require(Role.Owner)]
    [Describe(
        "Lists the invitations without their codes, newest first.",
        Response = typeof(ListInvitations.Output), Query = ["after:uuid", "limit"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/invitations")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var page = PageQuery.From(request);
        return page.Failure?.ToHttp() ?? HttpResponses.Ok(await list.RunAsync(context.Tenant(), page.Value, ct));
    }

    [Function(nameof(RevokeInvitation))]
    [Require(Role.Owner)]
    [Describe("Revokes an open invitation.", Status = 204)]
    public async Task<IResult> Revoke(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/invitations/{id}")] HttpRequest request, string id,
        FunctionContext context, CancellationToken ct) =>
        (await revoke.RunAsync(context.Caller(), RouteId.Parse(id), ct)).ToHttp(_ => Results.NoContent());

    [Function(nameof(AcceptInvitation))]
    [SignedIn]
    [Describe(
        "Makes the caller a member of the tenant that created the invitation.",
        Request = typeof(AcceptInvitation.Input), Response = typeof(AcceptInvitation.Output))]
    public async Task<IResult> Accept(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invitations/accept")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<AcceptInvitation.Input>(request, ct);
        return body.Failure?.ToHttp() ?? (await accept.RunAsync(context.SignedInUser(), body.Value, ct)).ToHttp();
    }
}
