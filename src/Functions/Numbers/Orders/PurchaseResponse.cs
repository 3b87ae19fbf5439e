using System.Text.Json.Serialization;

namespace Relais.Numbers.Orders;

/// <summary>The answer for a number that was bought, is connected and can send.</summary>
internal sealed record PurchaseResponse(
    bool Success,
    [property: JsonPropertyName("phone_number")] string Number,
    string? Sid,
    [property: JsonPropertyName("friendly_name")] string? FriendlyName);

/// <summary>The answer for an order that has not ended yet.</summary>
/// <param name="Failure">Why the order is being undone; null: it is not being undone.</param>
internal sealed record PendingOrder(Guid OrderId, string Status, OrderFailure? Failure);
