using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.Webhooks.Failed;

/// <summary>The API for webhook events that failed too often and wait for an operator.</summary>
internal sealed class FailedEventFunctions(ListFailedEvents list, RetryFailedEvents retry)
{
    [Function(nameof(ListFailedEvents))]
    [Require(Role.Operator, Scope.Messages)]
    [Describe("The webhook events that failed too often, oldest first.",
        Response = typeof(ListFailedEvents.Output), Query = ["after:uuid", "limit"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/webhook-events/failed")] HttpRequest request,
        FunctionContext context, CancellationToken ct)
    {
        var page = PageQuery.From(request);
        return page.Failure?.ToHttp() ?? HttpResponses.Ok(await list.RunAsync(context.Tenant(), page.Value, ct));
    }

    [Function(nameof(RetryFailedEvents))]
    [Require(Role.Operator, Scope.Messages)]
    [Describe("Processes the failed webhook events again, a thousand at a time.", Response = typeof(RetryFailedEvents.Output))]
    public async Task<IResult> RetryAll(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/webhook-events/failed/retry")] HttpRequest request,
        FunctionContext context, CancellationToken ct) =>
        HttpResponses.Ok(await retry.RetryAllAsync(context.Caller(), ct));

    [Function(nameof(RetryFailedEvent))]
    [Require(Role.Operator, Scope.Messages)]
    [Describe("Processes one failed webhook event again.", Response = typeof(RetryFailedEvents.Output))]
    public async Task<IResult> RetryFailedEvent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/webhook-events/{id}/retry")] HttpRequest request,
        string id, FunctionContext context, CancellationToken ct) =>
        (await retry.RetryOneAsync(context.Caller(), RouteId.Parse(id), ct)).ToHttp();
}
