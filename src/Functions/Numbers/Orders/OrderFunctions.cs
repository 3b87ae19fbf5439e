using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.Numbers.Orders;

/// <summary>The answer for a number that was bought, is connected and can send.</summary>
internal sealed record PurchaseResponse(
    bool Success,
    [property: JsonPropertyName("phone_number")] string Number,
    string? Sid,
    [property: JsonPropertyName("friendly_name")] string? FriendlyName);

/// <summary>The answer for an order that has not ended yet.</summary>
/// <param name="Failure">Why the order is being undone; null: it is not being undone.</param>
internal sealed record PendingOrder(Guid OrderId, string Status, OrderFailure? Failure);

internal sealed class OrderFunctions(PurchaseNumber purchase, GetOrder get, ListOrders list)
{
    [Function(nameof(PurchaseNumber))]
    [Require(Role.Owner, Scope.Telephony)]
    [Describe(
        "Buys a number, connects its webhooks and makes it a sender; 202 with the order if that takes longer.",
        Request = typeof(PurchaseRequest),
        Response = typeof(PurchaseResponse),
        AcceptedResponse = typeof(PendingOrder),
        AcceptedHasLocation = true,
        Headers = [IdempotencyKey.Header])]
    public async Task<IResult> Purchase(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "purchase-twilio-number")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context,
        CancellationToken ct)
    {
        var (body, key) = (await JsonBody.ReadAsync<PurchaseRequest>(request, ct), IdempotencyKey.Read(request));
        return (body.Failure ?? key.Failure)?.ToHttp()
            ?? (await purchase.RunAsync(context.Caller(), body.Value, key.Value, client, ct)).ToHttp(ToResponse);
    }

    [Function(nameof(GetOrder))]
    [Require(Role.Viewer, Scope.Telephony)]
    [Describe("Returns an order with its status and, if it failed, the reason.", Response = typeof(OrderView))]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/telephony/orders/{id}")] HttpRequest request,
        string id,
        FunctionContext context,
        CancellationToken ct) =>
        (await get.RunAsync(context.Tenant(), RouteId.Parse(id), ct)).ToHttp();

    [Function(nameof(ListOrders))]
    [Require(Role.Viewer, Scope.Telephony)]
    [Describe("Lists the orders, newest first.", Response = typeof(ListOrders.Output), Query = ["after:uuid", "limit"])]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/telephony/orders")] HttpRequest request,
        FunctionContext context,
        CancellationToken ct)
    {
        var page = PageQuery.From(request);
        return page.Failure?.ToHttp() ?? HttpResponses.Ok(await list.RunAsync(context.Tenant(), page.Value, ct));
    }

    private static IResult ToResponse(OrderRow order) => order switch
    {
        { Status: OrderStatus.Done } => HttpResponses.Ok(new PurchaseResponse(true, order.Number, order.ProviderSid, order.FriendlyName)),
        { Status: OrderStatus.Failed, Failure: { } failure } => failure.ToHttp(),
        _ => Results.Accepted($"/api/v1/telephony/orders/{order.Id}", new PendingOrder(order.Id, order.Status, order.FailureView)),
    };
}
