using Relais.Accounts;
using Relais.Platform;

namespace Relais.Numbers.Orders;

/// <summary>A row of number_orders.</summary>
internal sealed record OrderRow
{
    public const string Columns = """
        id, tenant_id, account_id, idempotency_key, number, country, number_type, address_sid, bundle_sid, status, failure_code,
        failure_detail, provider_sid, friendly_name, number_id, sender_id, ordered_by::text, attempts, first_purchase_started_at,
        purchase_started_at, failures, retry_at, undo_error_code, orphan_sid, recheck_at, created_at, ended_at
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

    /// <summary>Purchases started.</summary>
    public required int Attempts { get; init; }
    public DateTime? FirstPurchaseStartedAt { get; init; }
    public DateTime? PurchaseStartedAt { get; init; }

    /// <summary>Failed calls in a row.</summary>
    public required int Failures { get; init; }
    public DateTime? RetryAt { get; init; }

    /// <summary>The error code, the provider's or ours, of the last failed attempt to undo the order.</summary>
    public string? UndoErrorCode { get; init; }

    /// <summary>
    /// The SID of a number that a late purchase of this order bought: its answer came after the order had ended. Null while such a number
    /// is only suspected.
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
}
