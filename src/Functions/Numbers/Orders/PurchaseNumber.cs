using Microsoft.DurableTask.Client;
using Relais.Access;
using Relais.Accounts;
using Relais.Numbers.Orders.Run;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders;

/// <summary>
/// Orders a number and waits a while for the order to end. A repeated request finds its order and waits for the same result.
/// </summary>
internal sealed class PurchaseNumber(
    TenantDb db,
    TenantAccounts accounts,
    CreateOrder createOrder,
    OrderOrchestrations orchestrations,
    NumbersOptions options,
    TimeProvider time)
{
    private static readonly TimeSpan MaxPollInterval = TimeSpan.FromSeconds(1);

    private const string SelectByIdempotencyKey = $"""
        select {OrderRow.Columns} from number_orders where tenant_id = @TenantId and idempotency_key = @IdempotencyKey
        """;

    // If no order has the request's idempotency key, the request refers to the open order for its number, or to the order that
    // bought the number, as long as the tenant still has it.
    private const string SelectByNumber = $"""
        select {OrderRow.Columns}
        from number_orders o
        where tenant_id = @TenantId and number = @Number
          and (status not in ('done', 'failed')
            or status = 'done' and exists (select from phone_numbers p where p.id = o.number_id and p.state = 'active'))
        order by id desc
        limit 1
        """;

    /// <returns>The ended order, or an open one if the wait is over or the order cannot be undone at present.</returns>
    public async Task<Result<OrderRow>> RunAsync(
        Caller caller, PurchaseRequest request, string? idempotencyKey, DurableTaskClient client, CancellationToken ct)
    {
        var failure = request.Validate(idempotencyKey)
            ?? ResolveAccount.FindMismatch(await accounts.FindAsync(caller.TenantId, ct), request.AccountSid);
        if (failure is not null)
        {
            return failure;
        }

        var order = await FindOrCreateAsync(caller, request, request.RequestToken ?? idempotencyKey, client, ct);
        return order.Failure is null ? await WaitForCompletionAsync(order.Value, ct) : order;
    }

    private async Task<Result<OrderRow>> FindOrCreateAsync(
        Caller caller, PurchaseRequest request, string? idempotencyKey, DurableTaskClient client, CancellationToken ct)
    {
        if (await FindExistingAsync(caller.TenantId, request, idempotencyKey, ct) is { } existing)
        {
            return existing;
        }

        var created = await createOrder.RunAsync(caller, request, idempotencyKey, ct);
        if (created.Failure is null)
        {
            await orchestrations.ScheduleAsync(client, caller.TenantId, created.Value.Id, ct);
            return created;
        }

        // The obstacle may be a concurrent repetition of this request that created the order a moment earlier.
        return await FindExistingAsync(caller.TenantId, request, idempotencyKey, ct) ?? created;
    }

    /// <returns>The order that the request refers to, or a failure if its key belongs to another purchase; null: it is new.</returns>
    private async Task<Result<OrderRow>?> FindExistingAsync(
        Guid tenantId, PurchaseRequest request, string? idempotencyKey, CancellationToken ct)
    {
        var parameters = new { TenantId = tenantId, IdempotencyKey = idempotencyKey, request.Number };
        var (byKey, byNumber) = await db.RunAsync(tenantId, async tx =>
        {
            var order = idempotencyKey is null ? null : await tx.QueryOneAsync<OrderRow>(SelectByIdempotencyKey, parameters, ct);
            return (order, order is null ? await tx.QueryOneAsync<OrderRow>(SelectByNumber, parameters, ct) : null);
        }, ct);
        if (byKey is not null
            && (byKey.Number, byKey.AddressSid, byKey.BundleSid) != (request.Number, request.AddressSid, request.BundleSid))
        {
            return TelephonyFailures.Create(TelephonyFailures.RequestTokenReused);
        }

        return (byKey ?? byNumber) is { } existing ? existing : default(Result<OrderRow>?);
    }

    private async Task<OrderRow> WaitForCompletionAsync(OrderRow order, CancellationToken ct)
    {
        var startedAt = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(50);
        while (!OrderStatus.IsFinal(order.Status) && !order.IsUndoFailing && time.GetElapsedTime(startedAt) < options.PurchaseWait)
        {
            await Task.Delay(pause, time, ct);
            pause = pause * 1.5 < MaxPollInterval ? pause * 1.5 : MaxPollInterval;
            order = (await db.RunAsync(order.TenantId, tx => OrderRow.FindAsync(tx, order.Id, ct), ct))!;
        }

        return order;
    }
}
