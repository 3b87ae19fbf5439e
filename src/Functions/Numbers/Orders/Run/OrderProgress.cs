namespace Relais.Numbers.Orders.Run;

/// <summary>
/// The progress of an order, as the orchestration sees it. It contains no phone number and no token, because orchestration histories
/// store it.
/// </summary>
/// <param name="IsStored">The number is in the inventory.</param>
/// <param name="RetryAt">No step starts before this time; null: the next step starts immediately.</param>
internal sealed record OrderProgress(string Status, bool IsStored, DateTimeOffset? RetryAt)
{
    public static OrderProgress From(OrderRow order) => new(order.Status, order.NumberId is not null, order.RetryAt);
}
