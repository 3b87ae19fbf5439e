using Relais.Accounts;
using Relais.Platform;

namespace Relais.Numbers.Orders;

/// <summary>An order as it is stored.</summary>
internal sealed record OrderRow
{
    public const string Columns = """
        id, tenant_id, account_id, idempotency_key, number, country, number_type, address_sid, bundle_sid, status, failure_code, failure_detail, provider_sid, friendly_name,
        number_id, sender_id, ordered_by::text, attempts, first_purchase_started_at, purchase_started_at, failures, retry_at, undo_error_code, orphan_sid, recheck_at, created_at, ended_at
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

    /// <summary>The provider's own code.</summary>
    public string? FailureDetail { get; init; }
    public string? ProviderSid { get; init; }
    public string? FriendlyName { get; init; }
    public Guid? NumberId { get; init; }
    public Guid? SenderId { get; init; }
    public required string OrderedBy { get; init; }

    /// <summary>Purchases begun.</summary>
    public required int Attempts { get; init; }
    public DateTime? FirstPurchaseStartedAt { get; init; }
    public DateTime? PurchaseStartedAt { get; init; }

    /// <summary>Calls in a row that came to nothing.</summary>
    public required int Failures { get; init; }
    public DateTime? RetryAt { get; init; }

    /// <summary>Why what was bought could not be given back yet: the provider's own code.</summary>
    public string? UndoErrorCode { get; init; }

    /// <summary>Bought by a purchase whose answer came after the end; null while only looked for.</summary>
    public string? OrphanSid { get; init; }

    /// <summary>When the account is to be looked at once more, after the end.</summary>
    public DateTime? RecheckAt { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? EndedAt { get; init; }

    public Failure? Failure => FailureCode is null ? null : TelephonyFailures.Create(FailureCode, FailureDetail);

    public OrderFailure? ShownFailure => Failure is { } failure ? new OrderFailure(failure.Code, failure.Message) : null;

    /// <summary>It is being undone, and that does not succeed at present.</summary>
    public bool IsStuck => Status == OrderStatus.Undoing && UndoErrorCode is not null;

    public OrderView ToView() => new(
        Id, Status, Number, ProviderSid, FriendlyName, Country, NumberType, NumberId, SenderId, ShownFailure,
        Status == OrderStatus.Undoing || RecheckAt is not null ? new OrderUndo(UndoErrorCode, RetryAt ?? RecheckAt) : null, CreatedAt, EndedAt);
}

internal sealed record OrderFailure(string Code, string Detail);

/// <summary>What was bought is being given back.</summary>
/// <param name="ProviderCode">Why that did not succeed yet; null: nothing stands against it.</param>
/// <param name="RetryAt">Null: at once.</param>
internal sealed record OrderUndo(string? ProviderCode, DateTimeOffset? RetryAt);

/// <summary>An order as the API shows it.</summary>
/// <param name="Status">reserved, buying, bought, connected, undoing; in the end done or failed.</param>
/// <param name="Failure">Why it failed, or is being undone.</param>
internal sealed record OrderView(
    Guid OrderId, string Status, string PhoneNumber, string? Sid, string? FriendlyName, string Country, string Type, Guid? NumberId, Guid? SenderId,
    OrderFailure? Failure, OrderUndo? Undo, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);
