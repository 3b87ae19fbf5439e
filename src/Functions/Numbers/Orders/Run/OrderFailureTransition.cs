using Relais.Accounts;

namespace Relais.Numbers.Orders.Run;

/// <summary>The change of an order after a failed step.</summary>
/// <param name="Status">The new status.</param>
/// <param name="Code">A code of <see cref="TelephonyFailures"/>; null while the step is retried.</param>
/// <param name="ProviderCode">The error code, the provider's or ours; null while the step is retried or if no call failed.</param>
/// <param name="RetryAt">No step starts before this time; null: the next step starts immediately.</param>
internal sealed record OrderFailureTransition(string Status, string? Code, string? ProviderCode, DateTimeOffset? RetryAt)
{
    /// <summary>The error code, the provider's or ours, of a failed undo; null: the order was not being undone.</summary>
    public string? UndoErrorCode { get; init; }
}
