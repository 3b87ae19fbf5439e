using Microsoft.DurableTask.Client;
using Relais.Access;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Telephony.Accounts;
using Relais.Telephony.Inventory;
using Relais.Telephony.Offers;
using Relais.Telephony.Orders.Run;

namespace Relais.Telephony.Orders;

/// <summary>Orders a number and waits a while for the end; a repeated request finds its order and waits for the same end.</summary>
internal sealed class PurchaseNumber(
    TenantDb db, AccountDirectory accounts, UsableAccount usable, OtherInventories others, Preflight preflight, OrderBook book, OrderRuns runs,
    TelephonyOptions options, TimeProvider time)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private const string Find = $"select {OrderRow.Columns} from number_orders where id = @Id";

    /// <returns>The order at its end, or as it stands when the time is over or it cannot be undone at present.</returns>
    public async Task<Result<OrderRow>> RunAsync(Caller caller, PurchaseRequest request, string? headerToken, DurableTaskClient client, CancellationToken ct)
    {
        if ((request.FailureOf(headerToken) ?? UsableAccount.MismatchOf(await accounts.FindAsync(caller.TenantId, ct), request.AccountSid)) is { } failure)
        {
            return failure;
        }

        var order = await OrderAsync(caller, request, request.RequestToken ?? headerToken, client, ct);
        return order.Failure is null ? await EndOfAsync(order.Value, ct) : order;
    }

    private async Task<Result<OrderRow>> OrderAsync(Caller caller, PurchaseRequest request, string? token, DurableTaskClient client, CancellationToken ct)
    {
        var known = await book.FindAsync(caller.TenantId, request, token, ct);
        if (Meant(known) is { } meant)
        {
            return meant;
        }

        var account = await usable.RunAsync(caller, request.AccountSid, request.AuthToken, ct);
        if (account.Failure is { } unusable)
        {
            return unusable;
        }

        if (await others.HaveAsync(caller.TenantId, request.Number!, ct))
        {
            return TelephonyFailures.Named(TelephonyFailures.NumberNotAvailable);
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
        return Meant(await book.FindAsync(caller.TenantId, request, token, ct))
            ?? offer.Failure ?? TelephonyFailures.Named(TelephonyFailures.NumberNotAvailable);
    }

    private static Result<OrderRow>? Meant(Result<OrderRow?> found)
    {
        if (found.Failure is { } failure)
        {
            return failure;
        }

        return found.Value is { } order ? (Result<OrderRow>?)order : null;
    }

    private async Task<OrderRow> EndOfAsync(OrderRow order, CancellationToken ct)
    {
        var since = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(50);
        while (!OrderStatus.IsEnd(order.Status) && !order.IsStuck && time.GetElapsedTime(since) < options.PurchaseWait)
        {
            await Task.Delay(pause, time, ct);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
            order = (await db.RunAsync(order.TenantId, tx => tx.QueryOneAsync<OrderRow>(Find, new { order.Id }, ct), ct))!;
        }

        return order;
    }
}
