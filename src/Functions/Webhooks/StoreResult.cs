using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>The result of storing one event.</summary>
/// <param name="IsNew">False: the same event was stored before. Its effect may still be pending.</param>
/// <param name="MessagesToRetry">Messages that now wait for a retry.</param>
/// <param name="RetryDelay">
/// Set when the event is stored without its effect: how long to wait before the effect is tried again. Null otherwise.
/// </param>
internal sealed record StoreResult(bool IsNew, IReadOnlyList<AppliedTransition> MessagesToRetry, TimeSpan? RetryDelay = null);
