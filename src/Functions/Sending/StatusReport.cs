namespace Relais.Sending;

/// <summary>A status report of the provider on one message.</summary>
/// <param name="TenantId">The tenant that owns the reporting account. A report on a message of another tenant is ignored.</param>
/// <param name="EventId">The stored webhook event; empty for a status that was polled.</param>
/// <param name="MessageId">The message named by the callback URL; null when the URL names none and the SID has to be used.</param>
/// <param name="Attempt">The attempt named by the callback URL; null when the URL names none.</param>
internal sealed record StatusReport(
    Guid TenantId, Guid EventId, Guid? MessageId, int? Attempt, string Sid, string Status, string? ErrorCode, DateTimeOffset At);
