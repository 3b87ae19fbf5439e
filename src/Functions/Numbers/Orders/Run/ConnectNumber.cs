using Microsoft.Azure.Functions.Worker;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Accounts;
using Relais.Numbers.Inventory;

namespace Relais.Numbers.Orders.Run;

/// <summary>Reads back what the provider holds, sets what is missing, and reads again.</summary>
internal sealed class ConnectNumber(TenantDb db, TenantAccounts accounts, ConnectWebhooks webhooks, RouterUrls targets, NumbersOptions options, TimeProvider time)
{
    private const string SetConnected = $"""
        update number_orders set status = 'connected', failures = 0, retry_at = null
        where id = @Id and status = 'bought'
        returning {OrderRow.Columns}
        """;

    [Function(nameof(ConnectNumber))]
    public async Task<OrderProgress> RunAsync([ActivityTrigger] OrderIds ids, CancellationToken ct)
    {
        var (order, account) = await db.RunAsync(ids.TenantId, async tx => (await OrderState.ReadAsync(tx, ids, ct), await accounts.FindAsync(tx, ids.TenantId, ct)), ct);
        if (order is not { Status: OrderStatus.Bought, NumberId: not null })
        {
            return OrderProgress.From(order);
        }

        var held = account is null ? OrderState.NoAccount : await webhooks.EnsureAsync(account.Provider, order.ProviderSid!, targets.Expected);
        return await db.RunAsync(ids.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            if (held.Failure is { } failure)
            {
                return await OrderState.RecordFailureAsync(tx, order, DecideFailure(order, failure, now), now, ct);
            }

            await StoredNumbers.UpdateFromProviderAsync(tx, order.NumberId.Value, held.Value, targets, now, ct);
            var row = await tx.QueryOneAsync<OrderRow>(SetConnected, new { order.Id }, ct);
            return row is null ? await OrderState.ProgressAsync(tx, ids, ct) : OrderProgress.From(row);
        }, ct);
    }

    // the number went away under our hands: released in the console
    private OrderFailureTransition DecideFailure(OrderRow order, ProviderFailure failure, DateTimeOffset now) => failure.IsNotFound
        ? OrderDecision.FailOrUndo(order, TelephonyFailures.NumberNotAvailable, failure, now, options)
        : OrderDecision.AfterFailure(order, failure, now, options);
}
