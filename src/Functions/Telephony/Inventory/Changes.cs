using Relais.Access;
using Relais.Channels;

namespace Relais.Telephony.Inventory;

/// <summary>What the audit trail keeps of a number: its id and where its messages went, never what may be secret in a URL.</summary>
internal static class Changes
{
    public static AuditEntry Webhooks(string action, Guid numberId, OwnedNumber before, OwnedNumber after, Guid? senderId = null) =>
        new(action, "number", numberId.ToString(), Shown(before), new { Webhook = Shown(after), SenderId = senderId });

    private static object Shown(OwnedNumber held) => new
    {
        held.Sid,
        SmsUrl = WebhookTargets.Shown(held.SmsUrl),
        SmsFallbackUrl = WebhookTargets.Shown(held.SmsFallbackUrl),
        StatusCallback = WebhookTargets.Shown(held.StatusCallback),
        held.SmsApplicationSid,
    };
}
