using Relais.Accounts;

namespace Relais.Numbers.Orders.Run;

/// <summary>The change of an order after a failed step.</summary>
/// <param name="Status">The new status.</param>
/// <param name="Code">A code of <see cref="TelephonyFailures"/>; null while the step is retried.</param>
/// <param name="ProviderCode">The provider's code for the failure; null while the step is retried or if the provider gave none.</param>
/// <param name="RetryAt">No step starts before this time; null: the next step starts immediately.</param>
internal sealed record OrderFailureTransition(string Status, string? Code, string? ProviderCode, DateTimeOffset? RetryAt)
{
    /// <summary>The provider's code for a failed attempt to undo the order; null: the order was not being undone.</summary>
    public string? UndoErrorCode { get; init; }
}
