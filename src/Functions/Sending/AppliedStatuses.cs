namespace Relais.Sending;

/// <summary>The result of a group of status reports.</summary>
/// <param name="Transitions">The transitions that changed their message.</param>
/// <param name="UnmatchedEventIds">Events for which no message was found yet.</param>
internal sealed record AppliedStatuses(IReadOnlyList<AppliedTransition> Transitions, IReadOnlySet<Guid> UnmatchedEventIds);
