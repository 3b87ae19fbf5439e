namespace Relais.Sending;

/// <summary>A requested change of the status of one message.</summary>
/// <param name="Attempt">
/// The attempt that the change is about. If the message is already at a later attempt, the status changes only when this attempt reached
/// the recipient, or when it is the message's lost attempt and the next one has not begun.
/// </param>
/// <param name="Status">A status of the provider, a final status, or <c>pending</c>/<c>retry</c> to requeue the message.</param>
/// <param name="ProviderSid">The SID of the attempt; null when it is not known.</param>
/// <param name="ErrorCode">The reason for a failure or a requeue; null when there is none.</param>
/// <param name="DueAt">For a requeue: the earliest time of the next attempt; null leaves it as it is.</param>
/// <param name="IsLostAttempt">
/// The provider does not list this attempt, so the message is requeued. If a report on the attempt arrives before the next attempt begins,
/// the report counts.
/// </param>
internal sealed record StatusTransition(
    Guid MessageId,
    int Attempt,
    string Status,
    DateTimeOffset At,
    string? ProviderSid = null,
    string? ErrorCode = null,
    DateTimeOffset? DueAt = null,
    bool IsLostAttempt = false);
