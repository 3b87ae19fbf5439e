using Npgsql;
using Relais.Accounts;
using Relais.Channels;
using Relais.Numbers.Orders.Run;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders;

/// <summary>A row of number_orders: it alone has the state of an order.</summary>
internal sealed record OrderRow
{
    public const string Columns = """
        id, tenant_id, account_id, idempotency_key, number, country, number_type, address_sid, bundle_sid, status, failure_code,
        failure_detail, provider_sid, friendly_name, number_id, sender_id, ordered_by::text, attempts, first_purchase_started_at,
        purchase_started_at, failures, retry_at, undo_error_code, orphan_sid, recheck_at, created_at, ended_at
        """;

    private const string SelectOrder = $"select {Columns} from number_orders where id = @Id";

    private const string LockOrder = $"{SelectOrder} and status = @Status for update";

    private const string RecordFailure = $"""
        update number_orders
        set status = @NewStatus, failures = case when status = @NewStatus then failures + 1 else 0 end, retry_at = @RetryAt,
          failure_code = coalesce(failure_code, @Code), failure_detail = coalesce(failure_detail, @ProviderCode),
          undo_error_code = @UndoErrorCode, ended_at = case when @NewStatus = 'failed' then @Now end
        where id = @Id and status = @Status
          -- If the number was bought again in the meantime, only the answer to the later call counts.
          and (status <> 'buying' or attempts = @Attempts)
        returning {Columns}
        """;

    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public Guid? AccountId { get; init; }
    public required string IdempotencyKey { get; init; }
    public required string Number { get; init; }
    public required string Country { get; init; }
    public required string NumberType { get; init; }
    public string? AddressSid { get; init; }
    public string? BundleSid { get; init; }
    public required string Status { get; init; }
    public string? FailureCode { get; init; }

    /// <summary>The error code of the failed call: the provider's, or ours if the provider gave none.</summary>
    public string? FailureDetail { get; init; }
    public string? ProviderSid { get; init; }
    public string? FriendlyName { get; init; }
    public Guid? NumberId { get; init; }
    public Guid? SenderId { get; init; }
    public required string OrderedBy { get; init; }

    /// <summary>How many calls to buy the number were started.</summary>
    public required int Attempts { get; init; }

    /// <summary>The start of the first call to buy the number.</summary>
    public DateTime? FirstPurchaseStartedAt { get; init; }

    /// <summary>The start of the last call to buy the number.</summary>
    public DateTime? PurchaseStartedAt { get; init; }

    /// <summary>Failed calls in a row.</summary>
    public required int Failures { get; init; }
    public DateTime? RetryAt { get; init; }

    /// <summary>The error code, the provider's or ours, of the last failed attempt to undo the order.</summary>
    public string? UndoErrorCode { get; init; }

    /// <summary>
    /// The SID of a number that this order bought too late: the answer came after the order had ended. Null while such a number is only
    /// suspected.
    /// </summary>
    public string? OrphanSid { get; init; }

    /// <summary>When the account is searched again for a number that the ended order may have bought; null: no search is due.</summary>
    public DateTime? RecheckAt { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? EndedAt { get; init; }

    public Failure? Failure => FailureCode is null ? null : TelephonyFailures.Create(FailureCode, FailureDetail);

    public OrderFailure? FailureView => Failure is { } failure ? new OrderFailure(failure.Code, failure.Message) : null;

    /// <summary>The order is being undone, and the last attempt to release its number failed.</summary>
    public bool IsUndoFailing => Status == OrderStatus.Undoing && UndoErrorCode is not null;

    public OrderView ToView() => new(
        Id, Status, Number, ProviderSid, FriendlyName, Country, NumberType, NumberId, SenderId, FailureView,
        Status == OrderStatus.Undoing || RecheckAt is not null ? new OrderUndo(UndoErrorCode, RetryAt ?? RecheckAt) : null,
        CreatedAt, EndedAt);

    /// <returns>Null: the tenant has no such order.</returns>
    public static Task<OrderRow?> FindAsync(NpgsqlTransaction tx, Guid id, CancellationToken ct) =>
        tx.QueryOneAsync<OrderRow>(SelectOrder, new { Id = id }, ct);

    /// <exception cref="InvalidOperationException">The tenant has no such order.</exception>
    public static async Task<OrderProgress> ReadProgressAsync(NpgsqlTransaction tx, Guid id, CancellationToken ct) =>
        OrderProgress.From(await FindAsync(tx, id, ct) ?? throw new InvalidOperationException($"Order {id} does not exist."));

    /// <returns>Null: the order is no longer in this status.</returns>
    public static Task<OrderRow?> LockAsync(NpgsqlTransaction tx, Guid id, string status, CancellationToken ct) =>
        tx.QueryOneAsync<OrderRow>(LockOrder, new { Id = id, Status = status }, ct);

    /// <summary>
    /// Records the failure of a step that began when the order was as in this record. If the order has moved on since then, it stays
    /// unchanged.
    /// </summary>
    public async Task<OrderProgress> RecordFailureAsync(
        NpgsqlTransaction tx, OrderFailureTransition transition, DateTimeOffset now, CancellationToken ct)
    {
        var updated = await tx.QueryOneAsync<OrderRow>(RecordFailure, new
        {
            Id,
            Status,
            Attempts,
            NewStatus = transition.Status,
            transition.Code,
            transition.ProviderCode,
            transition.UndoErrorCode,
            RetryAt = transition.RetryAt?.UtcDateTime,
            Now = now.UtcDateTime,
        }, ct);
        return updated is null ? await ReadProgressAsync(tx, Id, ct) : OrderProgress.From(updated);
    }

    /// <summary>Whether this order bought the number: the order has recorded its SID, or the SMS URL carries the order's mark.</summary>
    public bool HasBought(OwnedNumber number, RouterUrls routerUrls) =>
        number.Sid == ProviderSid || routerUrls.FindOrderId(number.SmsUrl) == Id;
}

internal static class OrderStatus
{
    /// <summary>No call to buy the number was started yet.</summary>
    public const string Reserved = "reserved";

    /// <summary>A call to buy was started: the provider may have sold the number, or may not.</summary>
    public const string Buying = "buying";

    public const string Bought = "bought";

    /// <summary>The number's webhooks point here: they were read back from the provider.</summary>
    public const string Connected = "connected";

    public const string Done = "done";

    /// <summary>The order failed, and its number is being released.</summary>
    public const string Undoing = "undoing";

    public const string Failed = "failed";

    public static bool IsFinal(string status) => status is Done or Failed;
}
