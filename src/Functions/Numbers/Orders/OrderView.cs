namespace Relais.Numbers.Orders;

/// <summary>An order as the API shows it.</summary>
/// <param name="Status">reserved, buying, bought, connected or undoing; at the end done or failed.</param>
/// <param name="Failure">Why the order failed or is being undone; null: it did not fail.</param>
internal sealed record OrderView(
    Guid OrderId, string Status, string PhoneNumber, string? Sid, string? FriendlyName, string Country, string Type,
    Guid? NumberId, Guid? SenderId,
    OrderFailure? Failure, OrderUndo? Undo, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);

internal sealed record OrderFailure(string Code, string Detail);

/// <summary>Shown while a number that the order bought, or may have bought, is being released.</summary>
/// <param name="ProviderCode">The error code, the provider's or ours, of the last failed attempt; null: no attempt has failed.</param>
/// <param name="RetryAt">When the next attempt starts; null: as soon as possible.</param>
internal sealed record OrderUndo(string? ProviderCode, DateTimeOffset? RetryAt);
