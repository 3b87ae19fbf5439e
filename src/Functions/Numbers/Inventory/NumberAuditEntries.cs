using Relais.Access;
using Relais.Channels;

namespace Relais.Numbers.Inventory;

/// <summary>
/// Creates audit entries about the webhooks of a number. Query strings and user info may be secret, so the URLs are stored without them.
/// </summary>
internal static class NumberAuditEntries
{
    public static AuditEntry Webhooks(string action, Guid numberId, OwnedNumber before, OwnedNumber after, Guid? senderId = null) =>
        new(action, "number", numberId.ToString(), WithoutSecrets(before), new { Webhook = WithoutSecrets(after), SenderId = senderId });

    private static object WithoutSecrets(OwnedNumber number) => new
    {
        number.Sid,
        SmsUrl = RouterUrls.RedactUrl(number.SmsUrl),
        SmsFallbackUrl = RouterUrls.RedactUrl(number.SmsFallbackUrl),
        StatusCallback = RouterUrls.RedactUrl(number.StatusCallback),
        number.SmsApplicationSid,
    };
}
