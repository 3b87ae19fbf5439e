using Relais.Access;
using Relais.Channels;

namespace Relais.Numbers.Inventory;

/// <summary>What the audit trail keeps of a number: its id and where its messages went, never what may be secret in a URL.</summary>
internal static class NumberAuditEntries
{
    public static AuditEntry Webhooks(string action, Guid numberId, OwnedNumber before, OwnedNumber after, Guid? senderId = null) =>
        new(action, "number", numberId.ToString(), WithoutSecrets(before), new { Webhook = WithoutSecrets(after), SenderId = senderId });

    private static object WithoutSecrets(OwnedNumber held) => new
    {
        held.Sid,
        SmsUrl = RouterUrls.WithoutSecrets(held.SmsUrl),
        SmsFallbackUrl = RouterUrls.WithoutSecrets(held.SmsFallbackUrl),
        StatusCallback = RouterUrls.WithoutSecrets(held.StatusCallback),
        held.SmsApplicationSid,
    };
}
