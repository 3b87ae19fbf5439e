using Relais.Channels;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>Converts status callbacks to status reports.</summary>
internal static class StatusReports
{
    /// <summary>The status report that a status callback carries, with the id of its event.</summary>
    public static StatusReport ToReport(this WebhookEvent received) => new(
        received.TenantId, received.Id, received.MessageId, received.Attempt, received.Sid, received.Status, received.ErrorCode,
        received.ReceivedAt);
}
