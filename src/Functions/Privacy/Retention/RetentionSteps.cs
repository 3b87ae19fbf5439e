using Relais.Channels;

namespace Relais.Privacy.Retention;

/// <summary>Deletes old rows of one kind, a page at a time.</summary>
/// <param name="Name">The kind of row, for the log.</param>
/// <param name="Sql">Takes @TenantId, @Before, @AuditBefore and @Page (maximum rows), and returns the number of deleted rows.</param>
internal sealed record RetentionStep(string Name, string Sql)
{
    public static readonly IReadOnlyList<RetentionStep> All =
    [
        new("events", DeleteWebhookEvents),
        new("messages", DeleteEndedMessages),
        new("messages", DeleteSentMessages),
        new("import rows", DeleteImportRows),
        new("imports", DeleteImports),
        new("pace", DeletePace),
        new("audit", DeleteAudit),
        new("invitations", DeleteInvitations),
    ];

    // A status report may be younger than its message and stay. Store the recipient in it, so that an erasure still finds it. Expects the
    // deleted messages in a CTE named deleted (id, tenant_id, provider_sid).
    internal const string DeleteMessageTracesCte = $"""
        events as (delete from message_events e using deleted d where e.message_id = d.id returning e.tenant_id, e.former_sid),
        reports as (
          update webhook_events w set contact_address = left(w.payload ->> 'To', 100)
          from (
            select tenant_id, provider_sid as sid from deleted where provider_sid is not null
            union
            select tenant_id, former_sid from events where former_sid is not null
          ) s
          where w.tenant_id = s.tenant_id and w.provider in ({ProviderNames.AllInSql}) and w.sid = s.sid
            and w.kind = 'status' and w.contact_address is null
        )
        """;

    // Messages with a final status other than delivered or read: ended_at is set.
    private const string DeleteEndedMessages = $"""
        with old as materialized (
          select id from messages
          where tenant_id = @TenantId and ended_at is not null and ended_at < @Before
          order by ended_at
          limit @Page
          for update skip locked
        ),
        deleted as (delete from messages m using old o where m.id = o.id returning m.id, m.tenant_id, m.provider_sid),
        {DeleteMessageTracesCte}
        select count(*)::int from deleted
        """;

    // Sent messages, with or without a delivery report: the shortest retention (8 days) is longer than a provider takes to report.
    private const string DeleteSentMessages = $"""
        with old as materialized (
          select id from messages
          where tenant_id = @TenantId and sent_at is not null and sent_at < @Before and status in ('sent', 'delivered', 'read')
          order by sent_at
          limit @Page
          for update skip locked
        ),
        deleted as (delete from messages m using old o where m.id = o.id returning m.id, m.tenant_id, m.provider_sid),
        {DeleteMessageTracesCte}
        select count(*)::int from deleted
        """;

    private const string DeleteWebhookEvents = """
        with old as materialized (
          select id from webhook_events
          where tenant_id = @TenantId and received_at < @Before
          order by received_at
          limit @Page
          for update skip locked
        ),
        deleted as (delete from webhook_events e using old o where e.id = o.id returning e.id)
        select count(*)::int from deleted
        """;

    // Keep an import while a campaign that uses it as its audience is not finished.
    private const string SelectOldImports = """
        select i.id from contact_imports i
        where i.tenant_id = @TenantId and i.created_at < @Before
          and not exists (
            select from campaigns c
            where c.tenant_id = @TenantId and c.status not in ('finished', 'cancelled') and c.audience ->> 'importId' = i.id::text)
        """;

    private const string DeleteImportRows = $"""
        with old as materialized (
          select r.import_id, r.line
          from ({SelectOldImports}) i
          join contact_import_rows r on r.import_id = i.id
          limit @Page
        ),
        deleted as (delete from contact_import_rows r using old o where r.import_id = o.import_id and r.line = o.line returning r.line)
        select count(*)::int from deleted
        """;

    private const string DeleteImports = $"""
        with old as materialized (
          select i.id from ({SelectOldImports}) i where not exists (select from contact_import_rows r where r.import_id = i.id) limit @Page
        ),
        deleted as (delete from contact_imports i using old o where i.id = o.id returning i.id)
        select count(*)::int from deleted
        """;

    private const string DeletePace = """
        with old as materialized (
          select channel, address from recipient_pace
          where tenant_id = @TenantId
            and greatest(in_flight_until, recent[cardinality(recent)], '-infinity') < now() - interval '2 days'
          limit @Page
          for update skip locked
        ),
        deleted as (
          delete from recipient_pace p
          using old o
          where p.tenant_id = @TenantId and p.channel = o.channel and p.address = o.address
          returning p.address
        )
        select count(*)::int from deleted
        """;

    private const string DeleteAudit = """
        with old as materialized (
          select id from audit where tenant_id = @TenantId and id < @AuditBefore order by id limit @Page
        ),
        deleted as (delete from audit a using old o where a.id = o.id returning a.id)
        select count(*)::int from deleted
        """;

    private const string DeleteInvitations = """
        with old as materialized (
          select id from invitations where tenant_id = @TenantId and expires_at < @Before limit @Page
        ),
        deleted as (delete from invitations i using old o where i.id = o.id returning i.id)
        select count(*)::int from deleted
        """;
}
