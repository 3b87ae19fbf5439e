using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Consent;

/// <summary>
/// One person's word on one channel: a line in the ledger, and what it says now in suppressions, which every claim reads; on WhatsApp for each
/// address of the contact, number and user id.
/// The ledger keeps the address as it was received, suppressions keep its key (AddressKey).
/// The last word counts, whatever order the words are processed in. Waiting marketing needs no sweep: its claim finds the suppression and skips it.
/// </summary>
internal static class RecordConsent
{
    private const string ContactAddressesCte = """
        select @Key::text as key
        union
        select key from contact_identities where @Channel = 'whatsapp' and tenant_id = @TenantId and contact_id = @ContactId
        """;

    private const string InsertOptOut = $"""
        insert into consents (id, tenant_id, contact_id, channel, address, kind, source, received_text, message_id, at)
        values (@Id, @TenantId, @ContactId, @Channel, @Address, 'opt_out', @Source, @Text, @MessageId, @At);
        with own as ({ContactAddressesCte})
        insert into suppressions as s (tenant_id, channel, address, since, source)
        select @TenantId, @Channel, key, @At, @Source
        from own
        where not exists (
          select from consents
          where tenant_id = @TenantId and address = any(array(select unnest(address_spellings(key)) from own)) and channel = @Channel and kind = 'opt_in' and at > @At)
        order by key
        on conflict (tenant_id, channel, address) do update set since = greatest(s.since, excluded.since), source = excluded.source
        """;

    // The lock is a statement of its own: the delete then sees what ShareSuppressions added while the lock was awaited.
    private const string InsertOptIn = $"""
        insert into consents (id, tenant_id, contact_id, channel, address, kind, source, received_text, message_id, at)
        values (@Id, @TenantId, @ContactId, @Channel, @Address, 'opt_in', @Source, @Text, @MessageId, @At);
        select 1 from suppressions where tenant_id = @TenantId and channel = @Channel and address = any(array({ContactAddressesCte})) order by address for update;
        delete from suppressions where tenant_id = @TenantId and channel = @Channel and address = any(array({ContactAddressesCte})) and since <= @At
        """;

    /// <param name="source">keyword, provider code (21610…), operator, import.</param>
    /// <param name="messageId">The message that told: an inbound one, or ours that was refused.</param>
    public static Task OptOutAsync(
        NpgsqlTransaction tx, Guid tenantId, string channel, string address, Guid? contactId, string source, string? text, Guid? messageId, DateTimeOffset at, CancellationToken ct) =>
        tx.ExecuteAsync(InsertOptOut, Row(tenantId, channel, address, contactId, source, text, messageId, at), ct);

    public static Task OptInAsync(
        NpgsqlTransaction tx, Guid tenantId, string channel, string address, Guid? contactId, string source, string? text, Guid? messageId, DateTimeOffset at, CancellationToken ct) =>
        tx.ExecuteAsync(InsertOptIn, Row(tenantId, channel, address, contactId, source, text, messageId, at), ct);

    private static object Row(
        Guid tenantId, string channel, string address, Guid? contactId, string source, string? text, Guid? messageId, DateTimeOffset at) => new
        {
            Id = Guid.CreateVersion7(at),
            TenantId = tenantId,
            ContactId = contactId,
            Channel = channel,
            Address = address,
            Key = AddressKey.From(address),
            Source = source,
            Text = text,
            MessageId = messageId,
            At = at.UtcDateTime,
        };
}
