using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Consent;

/// <summary>
/// Records an opt-out or opt-in of one person on one channel: a history row in consents, with the address as it was received, and the
/// current state in suppressions, under the address key. On WhatsApp, suppressions cover each address of the contact, number and user id.
/// The latest opt-out or opt-in decides, in whatever order they are processed. Pending marketing messages need no update: every claim reads
/// suppressions and skips them.
/// </summary>
internal static class RecordConsent
{
    private const string ContactAddresses = """
        select @Key::text as key
        union
        select key from contact_identities where @Channel = 'whatsapp' and tenant_id = @TenantId and contact_id = @ContactId
        """;

    private const string InsertOptOut = $"""
        insert into consents (id, tenant_id, contact_id, channel, address, kind, source, received_text, message_id, at)
        values (@Id, @TenantId, @ContactId, @Channel, @Address, 'opt_out', @Source, @Text, @MessageId, @At);
        with own as ({ContactAddresses})
        insert into suppressions as s (tenant_id, channel, address, since, source)
        select @TenantId, @Channel, key, @At, @Source
        from own
        where not exists (
          select from consents
          where tenant_id = @TenantId and address = any(array(select unnest(address_spellings(key)) from own))
            and channel = @Channel and kind = 'opt_in' and at > @At)
        order by key
        on conflict (tenant_id, channel, address) do update set since = greatest(s.since, excluded.since), source = excluded.source
        """;

    // The lock is a separate statement: the delete then sees the suppressions that CopySuppressionsToAllAddresses added while it waited.
    private const string InsertOptIn = $"""
        insert into consents (id, tenant_id, contact_id, channel, address, kind, source, received_text, message_id, at)
        values (@Id, @TenantId, @ContactId, @Channel, @Address, 'opt_in', @Source, @Text, @MessageId, @At);
        select 1 from suppressions
        where tenant_id = @TenantId and channel = @Channel and address = any(array({ContactAddresses}))
        order by address
        for update;
        delete from suppressions
        where tenant_id = @TenantId and channel = @Channel and address = any(array({ContactAddresses})) and since <= @At
        """;

    /// <param name="source">keyword, provider, a provider's error code such as 21610, operator or import.</param>
    /// <param name="text">The text that the person sent; null when there is none.</param>
    /// <param name="messageId">The inbound message with the keyword, or the outbound message that the provider rejected; or null.</param>
    public static Task OptOutAsync(
        NpgsqlTransaction tx, Guid tenantId, string channel, string address, Guid? contactId, string source,
        string? text, Guid? messageId, DateTimeOffset at, CancellationToken ct) =>
        tx.ExecuteAsync(InsertOptOut, Parameters(tenantId, channel, address, contactId, source, text, messageId, at), ct);

    public static Task OptInAsync(
        NpgsqlTransaction tx, Guid tenantId, string channel, string address, Guid? contactId, string source,
        string? text, Guid? messageId, DateTimeOffset at, CancellationToken ct) =>
        tx.ExecuteAsync(InsertOptIn, Parameters(tenantId, channel, address, contactId, source, text, messageId, at), ct);

    private static object Parameters(
        Guid tenantId, string channel, string address, Guid? contactId, string source,
        string? text, Guid? messageId, DateTimeOffset at) => new
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
