namespace Relais.Webhooks;

/// <summary>The result of processing one event.</summary>
/// <param name="State">The event's new state: done, ignored or unrouted.</param>
/// <param name="Reason">Why the event has no effect; null: it has one.</param>
/// <param name="WakeSender">The sender to wake, because the reply released the second message of a campaign; null: none.</param>
internal sealed record EventProcessingResult(string State, string? Reason = null, Guid? WakeSender = null);
