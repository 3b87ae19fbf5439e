using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Http;

namespace Relais.Access.Members;

internal sealed class MemberFunctions(ListMembers list, ChangeRole change, RemoveMember remove, LeaveTenant leave)
{
    [Function(nameof(ListMembers))]
    [Require(Role.Viewer)]
    [Describe(
        "Lists the members of the tenant, in the order of joining.",
        Response = typeof(ListMembers.Output), Query = ["after:uuid", "limit"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/members")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var page = PageQuery.From(request);
        return page.Failure?.ToHttp() ?? HttpResponses.Ok(await list.RunAsync(context.Caller(), page.Value, ct));
    }

    [Function(nameof(ChangeRole))]
    [Require(Role.Owner)]
    [Describe(
        "Changes the role of a member. A lower role also revokes the invitations and, unless keepKeys is true, the API keys that the " +
        "member created.",
        Request = typeof(ChangeRole.Input), Response = typeof(ChangeRole.Output), Query = ["keepKeys:boolean"])]
    public async Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/members/{id}")] HttpRequest request, string id,
        FunctionContext context, CancellationToken ct)
    {
        var (body, keepKeys) = (await JsonBody.ReadAsync<ChangeRole.Input>(request, ct), QueryFlag.Parse(request, "keepKeys"));
        return (body.Failure ?? keepKeys.Failure)?.ToHttp()
            ?? (await change.RunAsync(context.Caller(), RouteId.Parse(id), body.Value, keepKeys.Value, ct)).ToHttp();
    }

    [Function(nameof(RemoveMember))]
    [Require(Role.Owner)]
    [Describe(
        "Removes a member and revokes the invitations and, unless keepKeys is true, the API keys that the member created.",
        Status = 204, Query = ["keepKeys:boolean"])]
    public async Task<IResult> Remove(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/members/{id}")] HttpRequest request, string id,
        FunctionContext context, CancellationToken ct)
    {
        var keepKeys = QueryFlag.Parse(request, "keepKeys");
        return keepKeys.Failure?.ToHttp()
            ?? (await remove.RunAsync(context.Caller(), RouteId.Parse(id), keepKeys.Value, ct)).ToHttp(_ => Results.NoContent());
    }

    [Function(nameof(LeaveTenant))]
    [Require(Role.Viewer)]
    [Describe("Ends the caller's own membership and revokes the invitations and API keys that the caller created.", Status = 204)]
    public async Task<IResult> Leave(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/members/me")] HttpRequest request,
        FunctionContext context, CancellationToken ct) =>
        (await leave.RunAsync(context.Caller(), ct)).ToHttp(_ => Results.NoContent());
}
