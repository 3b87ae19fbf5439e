using Npgsql;
using Relais.Channels;
using Relais.Consent;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

/// <summary>Records the STOP or START of an inbound message. It needs neither a sender nor a contact, so that nothing else can hold it up.</summary>
internal static class RecordMessageConsent
{
    private const string SelectContactId = """
        select i.contact_id
        from unnest(@Keys) with ordinality as k (key, place)
        cross join (values ('phone'), ('whatsapp_user')) as t (kind)
        cross join lateral (
          select contact_id from contact_identities where tenant_id = @TenantId and kind = t.kind and key = k.key limit 1
        ) i
        order by k.place
        limit 1
        """;

    /// <param name="contactId">Null: it is looked up.</param>
    /// <param name="messageId">Null: the message is not stored yet.</param>
    public static async Task RunAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, InboundMessage message, Guid? contactId, Guid? messageId, DateTimeOffset at, CancellationToken ct)
    {
        if (!message.ChangesConsent)
        {
            return;
        }

        string[] addresses = message.UserId is { } userId ? [message.From, userId] : [message.From];
        // an erased person's opt-out under the hash comes back before their new word, not after it
        await RestoreSuppressions.RunAsync(tx, hash, tenantId, addresses, ct);
        contactId ??= await tx.QueryOneAsync<Guid?>(SelectContactId, new { TenantId = tenantId, Keys = addresses.Select(AddressKey.From).ToArray() }, ct);
        await (message.Intent.Keyword == Keyword.Stop
            ? RecordConsent.OptOutAsync(tx, tenantId, message.Channel, message.From, contactId, message.Intent.Source, message.Text, messageId, at, ct)
            : RecordConsent.OptInAsync(tx, tenantId, message.Channel, message.From, contactId, message.Intent.Source, message.Text, messageId, at, ct));
    }
}
