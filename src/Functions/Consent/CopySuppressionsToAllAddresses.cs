using Npgsql;
using Relais.Platform.Database;

namespace Relais.Consent;

/// <summary>
/// Copies a contact's WhatsApp opt-out to all addresses of the contact: a WhatsApp user may write from a phone number and from a user id,
/// and an opt-out from either applies to both. Called in each transaction that gives a contact another address.
/// </summary>
internal static class CopySuppressionsToAllAddresses
{
    // Locks the suppressions that it reads: a concurrent opt-in deletes them either before, so that nothing is copied, or afterwards,
    // together with the copies.
    private const string CopySuppression = """
        with own as (
          select key from contact_identities where tenant_id = @TenantId and contact_id = @ContactId
        ),
        existing as materialized (
          select since, source from suppressions
          where tenant_id = @TenantId and channel = 'whatsapp' and address = any(array(select key from own))
          order by address
          for update
        ),
        latest as (
          select since, source from existing order by since desc limit 1
        )
        insert into suppressions as s (tenant_id, channel, address, since, source)
        select @TenantId, 'whatsapp', o.key, l.since, l.source
        from own o
        cross join latest l
        where not exists (
          select from consents c
          where c.tenant_id = @TenantId and c.address = any(array(select unnest(address_spellings(key)) from own))
            and c.channel = 'whatsapp' and c.kind = 'opt_in' and c.at > l.since)
        order by o.key
        on conflict (tenant_id, channel, address) do nothing
        """;

    public static Task RunAsync(NpgsqlTransaction tx, Guid tenantId, Guid contactId, CancellationToken ct) =>
        tx.ExecuteAsync(CopySuppression, new { TenantId = tenantId, ContactId = contactId }, ct);
}
