using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Http;

namespace Relais.Access.Members;

internal sealed class MemberFunctions(ListMembers list, ChangeRole change, RemoveMember remove)
{
    [Function(nameof(ListMembers))]
    [Require(Role.Viewer)]
    [Describe("The members of the tenant, in the order of joining.", Gives = typeof(ListMembers.Output), Query = ["after", "limit"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/members")] HttpRequest request, FunctionContext context, CancellationToken ct)
    {
        var page = PageQuery.From(request);
        return page.Failure?.ToHttp() ?? Answer.Ok(await list.RunAsync(context.Caller(), page.Value, ct));
    }

    [Function(nameof(ChangeRole))]
    [Require(Role.Owner)]
    [Describe("Gives a member another role.", Takes = typeof(ChangeRole.Input), Gives = typeof(ChangeRole.Output))]
    public async Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/members/{id}")] HttpRequest request, string id, FunctionContext context, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<ChangeRole.Input>(request, ct);
        return body.Failure?.ToHttp() ?? (await change.RunAsync(context.Caller(), RouteId.Parse(id), body.Value, ct)).ToHttp();
    }

    [Function(nameof(RemoveMember))]
    [Require(Role.Owner)]
    [Describe("Removes a member, who is out at once.", Status = 204)]
    public async Task<IResult> Remove(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/members/{id}")] HttpRequest request, string id, FunctionContext context, CancellationToken ct) =>
        (await remove.RunAsync(context.Caller(), RouteId.Parse(id), ct)).ToHttp(_ => Results.NoContent());
}
