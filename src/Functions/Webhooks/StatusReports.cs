using Relais.Channels;
using Relais.Sending;

namespace Relais.Webhooks;

internal static class StatusReports
{
    /// <summary>What a status webhook says about one of our messages.</summary>
    public static StatusReport ToReport(this WebhookEvent received) => new(
        received.TenantId, received.Id, received.MessageId, received.Attempt, received.Sid, received.Status, received.ErrorCode, received.ReceivedAt);
}
