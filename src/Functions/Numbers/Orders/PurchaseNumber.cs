using Microsoft.DurableTask.Client;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Accounts;
using Relais.Numbers.Inventory;
using Relais.Numbers.Offers;
using Relais.Numbers.Orders.Run;

namespace Relais.Numbers.Orders;

/// <summary>Orders a number and waits a while for the end; a repeated request finds its order and waits for the same end.</summary>
internal sealed class PurchaseNumber(
    TenantDb db, TenantAccounts accounts, ResolveAccount usable, NumberOwnership others, CheckPurchase preflight, OrderStore book, OrderOrchestrations runs,
    NumbersOptions options, TimeProvider time)
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    private const string SelectOrder = $"select {OrderRow.Columns} from number_orders where id = @Id";

    /// <returns>The order at its end, or as it stands when the time is over or it cannot be undone at present.</returns>
    public async Task<Result<OrderRow>> RunAsync(Caller caller, PurchaseRequest request, string? idempotencyKey, DurableTaskClient client, CancellationToken ct)
    {
        if ((request.Validate(idempotencyKey) ?? ResolveAccount.FindMismatch(await accounts.FindAsync(caller.TenantId, ct), request.AccountSid)) is { } failure)
        {
            return failure;
        }

        var order = await OrderAsync(caller, request, request.RequestToken ?? idempotencyKey, client, ct);
        return order.Failure is null ? await WaitForCompletionAsync(order.Value, ct) : order;
    }

    private async Task<Result<OrderRow>> OrderAsync(Caller caller, PurchaseRequest request, string? token, DurableTaskClient client, CancellationToken ct)
    {
        var known = await book.FindExistingAsync(caller.TenantId, request, token, ct);
        if (ToExistingOrder(known) is { } meant)
        {
            return meant;
        }

        var account = await usable.RunAsync(caller, request.AccountSid, request.AuthToken, ct);
        if (account.Failure is { } unusable)
        {
            return unusable;
        }

        if (await others.IsOwnedByAnotherTenantAsync(caller.TenantId, request.Number!, ct))
        {
            return TelephonyFailures.Create(TelephonyFailures.NumberNotAvailable);
        }

        var since = time.GetUtcNow();
        var offer = await preflight.RunAsync(account.Value, request.Number!, request.AddressSid, request.BundleSid, ct);
        var order = offer.Failure is null ? await book.InsertAsync(caller, account.Value, request, token, offer.Value, since, ct) : null;
        if (order is not null)
        {
            await runs.ScheduleAsync(client, order.TenantId, order.Id, ct);
            return order;
        }

        // what stands against it may be the same request, a moment earlier
        return ToExistingOrder(await book.FindExistingAsync(caller.TenantId, request, token, ct))
            ?? offer.Failure ?? TelephonyFailures.Create(TelephonyFailures.NumberNotAvailable);
    }

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
        var since = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(50);
        while (!OrderStatus.IsEnd(order.Status) && !order.IsStuck && time.GetElapsedTime(since) < options.PurchaseWait)
        {
            await Task.Delay(pause, time, ct);
            pause = pause * 1.5 < MaxPause ? pause * 1.5 : MaxPause;
            order = (await db.RunAsync(order.TenantId, tx => tx.QueryOneAsync<OrderRow>(SelectOrder, new { order.Id }, ct), ct))!;
        }

        return order;
    }
}
