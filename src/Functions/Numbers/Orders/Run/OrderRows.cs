using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders.Run;

/// <summary>
/// Reads the row of an order and records failures, for all steps. A failure is recorded only while the order has the status of the failed
/// step, so a late failure does not change an order that has moved on.
/// </summary>
internal static class OrderRows
{
    private const string SelectOrder = $"select {OrderRow.Columns} from number_orders where id = @OrderId";

    private const string LockOrder = $"{SelectOrder} and status = @Status for update";

    private const string RecordFailure = $"""
        update number_orders
        set status = @NewStatus, failures = case when status = @NewStatus then failures + 1 else 0 end, retry_at = @RetryAt,
          failure_code = coalesce(failure_code, @Code), failure_detail = coalesce(failure_detail, @ProviderCode),
          undo_error_code = @UndoErrorCode, ended_at = case when @NewStatus = 'failed' then @Now end
        where id = @Id and status = @Status
          -- If another purchase was started in the meantime, only its answer counts.
          and (status <> 'buying' or attempts = @Attempts)
        returning {OrderRow.Columns}
        """;

    /// <summary>The transient failure of a step whose tenant has no account at the moment.</summary>
    public static readonly ProviderFailure NoAccountFailure = new(ProviderFailureKind.NotSent, SendErrorActions.Unreachable);

    public static async Task<OrderRow> ReadAsync(NpgsqlTransaction tx, OrderIds ids, CancellationToken ct) =>
        await tx.QueryOneAsync<OrderRow>(SelectOrder, new { ids.OrderId }, ct)
        ?? throw new InvalidOperationException($"Order {ids.OrderId} does not exist.");

    /// <returns>Null: the order is no longer in this status.</returns>
    public static Task<OrderRow?> LockAsync(NpgsqlTransaction tx, OrderIds ids, string status, CancellationToken ct) =>
        tx.QueryOneAsync<OrderRow>(LockOrder, new { ids.OrderId, Status = status }, ct);

    public static async Task<OrderProgress> ProgressAsync(NpgsqlTransaction tx, OrderIds ids, CancellationToken ct) =>
        OrderProgress.From(await ReadAsync(tx, ids, ct));

    /// <param name="order">The order as it was when the call was made.</param>
    /// <param name="transition">The decision that followed from the failed call.</param>
    public static async Task<OrderProgress> RecordFailureAsync(
        NpgsqlTransaction tx, OrderRow order, OrderFailureTransition transition, DateTimeOffset now, CancellationToken ct)
    {
        var updated = await tx.QueryOneAsync<OrderRow>(RecordFailure, new
        {
            order.Id,
            order.Status,
            order.Attempts,
            NewStatus = transition.Status,
            transition.Code,
            transition.ProviderCode,
            UndoErrorCode = transition.UndoErrorCode,
            RetryAt = transition.RetryAt?.UtcDateTime,
            Now = now.UtcDateTime,
        }, ct);
        return updated is null ? await ProgressAsync(tx, new OrderIds(order.TenantId, order.Id), ct) : OrderProgress.From(updated);
    }

    /// <summary>Whether the order bought this number: the order has recorded its SID, or its SMS URL carries the order's mark.</summary>
    public static bool BelongsToOrder(OrderRow order, OwnedNumber number, RouterUrls routerUrls) =>
        number.Sid == order.ProviderSid || routerUrls.FindOrderId(number.SmsUrl) == order.Id;
}
