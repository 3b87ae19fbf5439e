using Npgsql;
using Relais.Channels;
using Relais.Consent;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Webhooks;

/// <summary>
/// Records the opt-out (STOP) or opt-in (START) of an inbound message. Needs neither a sender nor a contact, so that nothing else in the
/// processing of the message can delay an opt-out.
/// </summary>
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

    /// <param name="contactId">The contact of the message; null: the contact is looked up by the address.</param>
    /// <param name="messageId">The id of the message, which is the id of its event; null: unknown.</param>
    /// <param name="at">When the message was received.</param>
    public static async Task RunAsync(
        NpgsqlTransaction tx, AddressHash hash, Guid tenantId, InboundMessage message, Guid? contactId, Guid? messageId, DateTimeOffset at,
        CancellationToken ct)
    {
        if (!message.ChangesConsent)
        {
            return;
        }

        var (channel, address, intent) = (message.Channel, message.From, message.Intent);
        string[] addresses = message.UserId is { } userId ? [address, userId] : [address];

        // An earlier opt-out of an erased person is restored from its hash first, so that the new opt-in or opt-out is applied after it.
        await RestoreSuppressions.RunAsync(tx, hash, tenantId, addresses, ct);
        var keys = addresses.Select(AddressKey.From).ToArray();
        contactId ??= await tx.QueryOneAsync<Guid?>(SelectContactId, new { TenantId = tenantId, Keys = keys }, ct);
        await (intent.Keyword == Keyword.Stop
            ? RecordConsent.OptOutAsync(tx, tenantId, channel, address, contactId, intent.Source, message.Text, messageId, at, ct)
            : RecordConsent.OptInAsync(tx, tenantId, channel, address, contactId, intent.Source, message.Text, messageId, at, ct));
    }
}
