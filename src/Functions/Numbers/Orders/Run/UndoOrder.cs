using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Relais.Accounts;
using Relais.Channels;
using Relais.Numbers.Inventory;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders.Run;

/// <summary>
/// Releases the number that the order bought and removes it from the inventory. A number that the account had before the order is kept.
/// </summary>
internal sealed partial class UndoOrder(
    TenantDb db,
    TenantAccounts accounts,
    INumberProvider provider,
    RouterUrls routerUrls,
    NumbersOptions options,
    TimeProvider time,
    ILogger<UndoOrder> logger)
{
    private const string SetFailed = $"""
        update number_orders
        set status = 'failed', ended_at = @Now, retry_at = null, number_id = null, undo_error_code = null
        where id = @Id
        returning {OrderRow.Columns}
        """;

    [Function(nameof(UndoOrder))]
    public async Task<OrderProgress> RunAsync([ActivityTrigger] OrderIds ids, CancellationToken ct)
    {
        var (order, account) = await db.RunAsync(
            ids.TenantId,
            async tx => (await OrderRow.FindAsync(tx, ids.OrderId, ct), await accounts.FindAsync(tx, ids.TenantId, ct)),
            ct);
        if (order is not { Status: OrderStatus.Undoing })
        {
            return await db.RunAsync(ids.TenantId, tx => OrderRow.ReadProgressAsync(tx, ids.OrderId, ct), ct);
        }

        var failure = account is null ? OrderDecision.NoAccountFailure : await ReleaseAsync(account.Credentials, order);
        if (failure is not null && OrderDecision.ShouldLogFailure(order.Failures + 1))
        {
            Log.ReleaseFailed(logger, order.Id, order.Failures + 1, failure.Code);
        }

        return await db.RunAsync(ids.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            return failure is null
                ? await SetFailedAsync(tx, ids, now, ct)
                : await order.RecordFailureAsync(tx, OrderDecision.AfterFailure(order, failure, now, options), now, ct);
        }, ct);
    }

    /// <returns>Why the number could not be released; null: the account has no number of this order any more, or never had one.</returns>
    private async Task<ProviderFailure?> ReleaseAsync(ProviderCredentials account, OrderRow order)
    {
        var sid = order.ProviderSid;
        if (sid is null && order.FirstPurchaseStartedAt is not null)
        {
            var listed = await provider.ListAsync(account, order.Number);
            if (listed.Failure is { } listFailure)
            {
                return listFailure;
            }

            sid = listed.Value.Find(number => order.HasBought(number, routerUrls))?.Sid;
        }

        return sid is null ? null : (await provider.ReleaseAsync(account, sid)).Failure;
    }

    private static async Task<OrderProgress> SetFailedAsync(NpgsqlTransaction tx, OrderIds ids, DateTimeOffset now, CancellationToken ct)
    {
        var order = await OrderRow.LockAsync(tx, ids.OrderId, OrderStatus.Undoing, ct);
        if (order is null)
        {
            return await OrderRow.ReadProgressAsync(tx, ids.OrderId, ct);
        }

        if (order.NumberId is { } numberId)
        {
            await StoredNumbers.RemoveAsync(tx, numberId, now, ct);
        }

        return OrderProgress.From((await tx.QueryOneAsync<OrderRow>(SetFailed, new { order.Id, Now = now.UtcDateTime }, ct))!);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "The number of order {OrderId} could not be given back {Times} times, and is billed until it is released: {Code}")]
        public static partial void ReleaseFailed(ILogger logger, Guid orderId, int times, string code);
    }
}
