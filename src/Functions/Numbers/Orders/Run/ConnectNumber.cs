using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Accounts;
using Relais.Channels;
using Relais.Numbers.Inventory;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders.Run;

/// <summary>
/// Adds the bought number to the inventory, then sets its webhooks, unless they are right already, and reads them back. The inventory comes
/// first and has a commit of its own: a number that another tenant has is not connected, and a stored number keeps its id in a retry.
/// </summary>
internal sealed class ConnectNumber(
    TenantDb db, TenantAccounts accounts, ConnectWebhooks webhooks, RouterUrls routerUrls, NumbersOptions options, TimeProvider time)
{
    private const string SetNumberId = $"""
        update number_orders set number_id = @NumberId
        where id = @Id
        returning {OrderRow.Columns}
        """;

    private const string SetConnected = $"""
        update number_orders set status = 'connected', failures = 0, retry_at = null
        where id = @Id and status = 'bought'
        returning {OrderRow.Columns}
        """;

    [Function(nameof(ConnectNumber))]
    public async Task<OrderProgress> RunAsync([ActivityTrigger] OrderIds ids, CancellationToken ct)
    {
        var order = await db.RunAsync(ids.TenantId, tx => StoreAsync(tx, ids, ct), ct);
        return order is null
            ? await db.RunAsync(ids.TenantId, tx => OrderRow.ReadProgressAsync(tx, ids.OrderId, ct), ct)
            : await ConnectAsync(order, order.NumberId!.Value, ct);
    }

    /// <returns>The order with its number in the inventory; null: the order is not, or no longer, in status bought.</returns>
    private async Task<OrderRow?> StoreAsync(NpgsqlTransaction tx, OrderIds ids, CancellationToken ct)
    {
        var order = await OrderRow.LockAsync(tx, ids.OrderId, OrderStatus.Bought, ct);
        if (order is not { NumberId: null })
        {
            return order;
        }

        var number = new NewNumber(
            order.TenantId, order.AccountId!.Value, order.Number, order.ProviderSid!, order.FriendlyName ?? "", order.Country,
            order.NumberType, NumberSource.Purchase, Managed: true)
        {
            SmsUrl = routerUrls.Expected.SmsUrl.ToString(),
            SmsFallbackUrl = routerUrls.Expected.SmsFallbackUrl.ToString(),
        };
        var now = time.GetUtcNow();
        if (await StoredNumbers.UpsertAsync(tx, number, now, ct) is { } numberId)
        {
            return await tx.QueryOneAsync<OrderRow>(SetNumberId, new { NumberId = numberId, order.Id }, ct);
        }

        // A number serves one tenant only, and another tenant has this number in its inventory.
        var transition = OrderDecision.FailOrUndo(order, ProviderReasons.NumberNotAvailable, null, now, options);
        await order.RecordFailureAsync(tx, transition, now, ct);
        return null;
    }

    private async Task<OrderProgress> ConnectAsync(OrderRow order, Guid numberId, CancellationToken ct)
    {
        var account = await accounts.FindAsync(order.TenantId, ct);
        var connected = account is null
            ? OrderDecision.NoAccountFailure
            : await webhooks.SetIfWrongAsync(account.Credentials, order.ProviderSid!, routerUrls.Expected);
        return await db.RunAsync(order.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            if (connected.Failure is { } failure)
            {
                return await order.RecordFailureAsync(tx, DecideFailure(order, failure, now), now, ct);
            }

            await StoredNumbers.UpdateFromProviderAsync(tx, numberId, connected.Value, routerUrls, now, ct);
            var row = await tx.QueryOneAsync<OrderRow>(SetConnected, new { order.Id }, ct);
            return row is null ? await OrderRow.ReadProgressAsync(tx, order.Id, ct) : OrderProgress.From(row);
        }, ct);
    }

    // The account no longer has the number: it was released in the provider's console after the purchase.
    private OrderFailureTransition DecideFailure(OrderRow order, ProviderFailure failure, DateTimeOffset now) => failure.IsNotFound
        ? OrderDecision.FailOrUndo(order, ProviderReasons.NumberNotAvailable, failure, now, options)
        : OrderDecision.AfterFailure(order, failure, now, options);
}
