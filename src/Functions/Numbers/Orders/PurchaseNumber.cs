using Microsoft.DurableTask.Client;
using Relais.Access;
using Relais.Accounts;
using Relais.Numbers.Inventory;
using Relais.Numbers.Offers;
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
    ResolveAccount resolveAccount,
    NumberOwnership ownership,
    CheckPurchase checkPurchase,
    OrderStore orders,
    OrderOrchestrations orchestrations,
    NumbersOptions options,
    TimeProvider time)
{
    private static readonly TimeSpan MaxPollInterval = TimeSpan.FromSeconds(1);

    private const string SelectOrder = $"select {OrderRow.Columns} from number_orders where id = @Id";

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
        if (ToExistingOrder(await orders.FindExistingAsync(caller.TenantId, request, idempotencyKey, ct)) is { } existing)
        {
            return existing;
        }

        var account = await resolveAccount.RunAsync(caller, request.AccountSid, request.AuthToken, ct);
        if (account.Failure is { } unusable)
        {
            return unusable;
        }

        if (await ownership.IsOwnedByAnotherTenantAsync(caller.TenantId, request.Number!, ct))
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberNotAvailable);
        }

        var since = time.GetUtcNow();
        var offer = await checkPurchase.RunAsync(account.Value, request.Number!, request.AddressSid, request.BundleSid, ct);
        var order = offer.Failure is null
            ? await orders.InsertAsync(caller, account.Value, request, idempotencyKey, offer.Value, since, ct)
            : null;
        if (order is not null)
        {
            await orchestrations.ScheduleAsync(client, order.TenantId, order.Id, ct);
            return order;
        }

        // The obstacle may be a concurrent repetition of this request that created the order a moment earlier.
        return ToExistingOrder(await orders.FindExistingAsync(caller.TenantId, request, idempotencyKey, ct))
            ?? offer.Failure ?? TelephonyFailures.Create(TelephonyFailures.NumberNotAvailable);
    }

    /// <returns>The order or the failure that was found; null: the request is new.</returns>
    private static Result<OrderRow>? ToExistingOrder(Result<OrderRow?> found)
    {
        if (found.Failure is { } failure)
        {
            return failure;
        }

        return found.Value is { } order ? (Result<OrderRow>?)order : null;
    }

    private async Task<OrderRow> WaitForCompletionAsync(OrderRow order, CancellationToken ct)
    {
        var startedAt = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(50);
        while (!OrderStatus.IsFinal(order.Status) && !order.IsUndoFailing && time.GetElapsedTime(startedAt) < options.PurchaseWait)
        {
            await Task.Delay(pause, time, ct);
            pause = pause * 1.5 < MaxPollInterval ? pause * 1.5 : MaxPollInterval;
            order = (await db.RunAsync(order.TenantId, tx => tx.QueryOneAsync<OrderRow>(SelectOrder, new { order.Id }, ct), ct))!;
        }

        return order;
    }
}
