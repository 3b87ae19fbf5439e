using Npgsql;
using Relais.Access;
using Relais.Platform.Database;

namespace Relais.Contacts;

/// <summary>
/// Merges a duplicate contact into the one that is kept, and deletes the duplicate. The caller holds the erasure lock and the locks of both
/// addresses (<see cref="ContactLocks"/>).
/// </summary>
internal static class MergeContacts
{
    private static readonly Actor Job = Actor.System("merge-contacts");

    // Locks in id order, like every batch of messages, so that batches do not deadlock.
    private const string MoveMessagesToContact = """
        with locked as materialized (
          select id
          from messages
          where id = any(array(
            select m.id
            from contact_identities i
            cross join lateral unnest(address_spellings(i.key)) as a (address)
            cross join senders s
            cross join lateral (
              select id from messages
              where tenant_id = @TenantId and sender_id = s.id and contact_address = a.address and contact_id = @From
              offset 0
            ) m
            where i.tenant_id = @TenantId and i.contact_id = @From and s.tenant_id = @TenantId))
          order by id
          for update
        )
        update messages set contact_id = @Into where id = any(array(select id from locked))
        """;

    // If a campaign contains both contacts, the kept contact gets reply and opt-out of the duplicate, so that Message 2 is sent only once.
    // The duplicate's row stays for the statistics, without address and variables.
    private const string MoveRecipientsToContact = """
        update campaign_recipients r set contact_id = @Into
        where r.tenant_id = @TenantId and r.contact_id = @From
          and not exists (select from campaign_recipients o where o.campaign_id = r.campaign_id and o.contact_id = @Into);
        update campaign_recipients r
        set replied_at = coalesce(r.replied_at, o.replied_at), opted_out_at = coalesce(r.opted_out_at, o.opted_out_at),
          followup_message_id = coalesce(r.followup_message_id, o.followup_message_id)
        from campaign_recipients o
        where r.tenant_id = @TenantId and r.contact_id = @Into
          and o.tenant_id = @TenantId and o.contact_id = @From and o.campaign_id = r.campaign_id;
        update campaign_recipients set address = 'erased', variables = '{}' where tenant_id = @TenantId and contact_id = @From;
        """;

    private const string MergeContactRow = """
        update contact_import_rows set contact_id = @Into where tenant_id = @TenantId and contact_id = @From;
        update contact_identities set contact_id = @Into where tenant_id = @TenantId and contact_id = @From;
        update contacts c
        set first_name = case c.first_name when '' then o.first_name else c.first_name end,
          last_name = case c.last_name when '' then o.last_name else c.last_name end,
          language = coalesce(c.language, o.language),
          fields = o.fields || c.fields,
          tags = array(select distinct tag from unnest(c.tags || o.tags) as t (tag) order by tag),
          updated_at = @Now
        from contacts o
        where c.tenant_id = @TenantId and c.id = @Into and o.tenant_id = @TenantId and o.id = @From;
        delete from contacts where tenant_id = @TenantId and id = @From;
        """;

    public static async Task RunAsync(
        NpgsqlTransaction tx, Guid tenantId, Guid duplicateId, Guid keptId, DateTimeOffset now, CancellationToken ct)
    {
        var key = new { TenantId = tenantId, From = duplicateId, Into = keptId, Now = now.UtcDateTime };
        await tx.ExecuteAsync(MoveMessagesToContact, key, ct);
        await tx.ExecuteAsync(MoveRecipientsToContact, key, ct);
        await tx.ExecuteAsync(MergeContactRow, key, ct);
        var entry = new AuditEntry("contact.merge", "contact", keptId.ToString(), After: new { Merged = duplicateId });
        await AuditTrail.WriteAsync(tx, tenantId, Job, now, entry, ct);
    }
}
