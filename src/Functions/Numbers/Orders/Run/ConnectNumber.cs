using Microsoft.Azure.Functions.Worker;
using Relais.Accounts;
using Relais.Channels;
using Relais.Numbers.Inventory;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders.Run;

/// <summary>Sets the webhooks of a bought number, unless they are right already, and reads them back.</summary>
internal sealed class ConnectNumber(
    TenantDb db, TenantAccounts accounts, ConnectWebhooks webhooks, RouterUrls routerUrls, NumbersOptions options, TimeProvider time)
{
    private const string SetConnected = $"""
        update number_orders set status = 'connected', failures = 0, retry_at = null
        where id = @Id and status = 'bought'
        returning {OrderRow.Columns}
        """;

    [Function(nameof(ConnectNumber))]
    public async Task<OrderProgress> RunAsync([ActivityTrigger] OrderIds ids, CancellationToken ct)
    {
        var (order, account) = await db.RunAsync(
            ids.TenantId,
            async tx => (await OrderRows.ReadAsync(tx, ids, ct), await accounts.FindAsync(tx, ids.TenantId, ct)),
            ct);
        if (order is not { Status: OrderStatus.Bought, NumberId: not null })
        {
            return OrderProgress.From(order);
        }

        var connected = account is null
            ? OrderRows.NoAccountFailure
            : await webhooks.EnsureAsync(account.Credentials, order.ProviderSid!, routerUrls.Expected);
        return await db.RunAsync(ids.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            if (connected.Failure is { } failure)
            {
                return await OrderRows.RecordFailureAsync(tx, order, DecideFailure(order, failure, now), now, ct);
            }

            await StoredNumbers.UpdateFromProviderAsync(tx, order.NumberId.Value, connected.Value, routerUrls, now, ct);
            var row = await tx.QueryOneAsync<OrderRow>(SetConnected, new { order.Id }, ct);
            return row is null ? await OrderRows.ProgressAsync(tx, ids, ct) : OrderProgress.From(row);
        }, ct);
    }

    // The account no longer has the number: it was released in the provider's console after the purchase.
    private OrderFailureTransition DecideFailure(OrderRow order, ProviderFailure failure, DateTimeOffset now) => failure.IsNotFound
        ? OrderDecision.FailOrUndo(order, TelephonyFailures.NumberNotAvailable, failure, now, options)
        : OrderDecision.AfterFailure(order, failure, now, options);
}
