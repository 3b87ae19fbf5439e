using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders.Run;

/// <summary>What the steps of an order share: its row, read and moved on. Every move carries the status that it leaves.</summary>
internal static class OrderState
{
    private const string SelectOrder = $"select {OrderRow.Columns} from number_orders where id = @OrderId";

    private const string LockOrder = $"{SelectOrder} and status = @Status for update";

    private const string RecordFailure = $"""
        update number_orders
        set status = @NewStatus, failures = case when status = @NewStatus then failures + 1 else 0 end, retry_at = @RetryAt,
          failure_code = coalesce(failure_code, @Code), failure_detail = coalesce(failure_detail, @ProviderCode), undo_error_code = @UndoErrorCode,
          ended_at = case when @NewStatus = 'failed' then @Now end
        where id = @Id and status = @Status
          -- another purchase was begun meanwhile: its answer counts
          and (status <> 'buying' or attempts = @Attempts)
        returning {OrderRow.Columns}
        """;

    /// <summary>Nothing can be asked at the moment.</summary>
    public static readonly ProviderFailure NoAccount = new(ProviderFailureKind.NotSent, SendErrorActions.Unreachable);

    public static async Task<OrderRow> ReadAsync(NpgsqlTransaction tx, OrderIds ids, CancellationToken ct) =>
        await tx.QueryOneAsync<OrderRow>(SelectOrder, new { ids.OrderId }, ct) ?? throw new InvalidOperationException($"Order {ids.OrderId} does not exist.");

    /// <returns>Null: the order is in another status by now.</returns>
    public static Task<OrderRow?> LockAsync(NpgsqlTransaction tx, OrderIds ids, string status, CancellationToken ct) =>
        tx.QueryOneAsync<OrderRow>(LockOrder, new { ids.OrderId, Status = status }, ct);

    public static async Task<OrderProgress> ProgressAsync(NpgsqlTransaction tx, OrderIds ids, CancellationToken ct) => OrderProgress.From(await ReadAsync(tx, ids, ct));

    /// <param name="order">As it was when the call was made.</param>
    /// <param name="setback">What follows from what came of it.</param>
    public static async Task<OrderProgress> RecordFailureAsync(NpgsqlTransaction tx, OrderRow order, OrderFailureTransition setback, DateTimeOffset now, CancellationToken ct)
    {
        var moved = await tx.QueryOneAsync<OrderRow>(RecordFailure, new
        {
            order.Id,
            order.Status,
            order.Attempts,
            NewStatus = setback.Status,
            setback.Code,
            setback.ProviderCode,
            UndoErrorCode = setback.UndoErrorCode,
            RetryAt = setback.RetryAt?.UtcDateTime,
            Now = now.UtcDateTime,
        }, ct);
        return moved is null ? await ProgressAsync(tx, new OrderIds(order.TenantId, order.Id), ct) : OrderProgress.From(moved);
    }

    /// <summary>Bought under this order: it is known, or bears the order's mark.</summary>
    public static bool BelongsToOrder(OrderRow order, OwnedNumber held, RouterUrls targets) => held.Sid == order.ProviderSid || targets.FindOrderId(held.SmsUrl) == order.Id;
}
