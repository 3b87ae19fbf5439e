using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.Inbox;

internal sealed class MessageFunctions(GetMessage get, ListReceivedMessages list)
{
    [Function(nameof(ListReceivedMessages))]
    [Require(Role.Viewer, Scope.Messages)]
    [Describe(
        "Lists the received messages, oldest first.",
        Response = typeof(ListReceivedMessages.Output), Query = ["after:uuid", "limit"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/messages/received")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var page = PageQuery.From(request);
        return page.Failure?.ToHttp() ?? HttpResponses.Ok(await list.RunAsync(context.Tenant(), page.Value, ct));
    }

    [Function(nameof(GetMessage))]
    [Require(Role.Viewer, Scope.Messages)]
    [Describe("Returns a received or sent message.", Response = typeof(MessageView))]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/messages/{id}")] HttpRequest request, string id,
        FunctionContext context, CancellationToken ct) =>
        (await get.RunAsync(context.Tenant(), RouteId.Parse(id), ct)).ToHttp();
}
