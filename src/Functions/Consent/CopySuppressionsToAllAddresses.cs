using Npgsql;
using Relais.Platform.Database;

namespace Relais.Consent;

/// <summary>
/// A WhatsApp user may be known by a number and by a user id: a refusal by the one binds the other. Whoever learns that two addresses are one
/// contact's calls this in the same transaction.
/// </summary>
internal static class CopySuppressionsToAllAddresses
{
    // Locks what it reads: an opt-in at the same moment deletes the suppression either before, and then there is nothing to share, or afterwards,
    // with what was shared.
    private const string CopySuppression = """
        with own as (
          select key from contact_identities where tenant_id = @TenantId and contact_id = @ContactId
        ),
        held as materialized (
          select since, source from suppressions
          where tenant_id = @TenantId and channel = 'whatsapp' and address = any(array(select key from own))
          order by address
          for update
        ),
        said as (
          select since, source from held order by since desc limit 1
        )
        insert into suppressions as s (tenant_id, channel, address, since, source)
        select @TenantId, 'whatsapp', o.key, d.since, d.source
        from own o
        cross join said d
        where not exists (
          select from consents c
          where c.tenant_id = @TenantId and c.address = any(array(select unnest(address_spellings(key)) from own)) and c.channel = 'whatsapp' and c.kind = 'opt_in' and c.at > d.since)
        order by o.key
        on conflict (tenant_id, channel, address) do nothing
        """;

    public static Task RunAsync(NpgsqlTransaction tx, Guid tenantId, Guid contactId, CancellationToken ct) =>
        tx.ExecuteAsync(CopySuppression, new { TenantId = tenantId, ContactId = contactId }, ct);
}
