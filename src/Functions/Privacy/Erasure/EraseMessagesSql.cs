namespace Relais.Privacy.Erasure;

/// <summary>The statements behind <see cref="EraseMessages"/>.</summary>
internal static class EraseMessagesSql
{
    private const string FromMessagesOfPerson = """
        from senders s
        cross join unnest(@Addresses, @Hashes) as k (address, hash)
        cross join lateral (
          select id, attempt from messages
          where tenant_id = @TenantId and sender_id = s.id and contact_address = k.address
        """;

    public const string SelectUnsentMessages = $"""
        select m.id, m.attempt
        {FromMessagesOfPerson} and status in ('pending', 'retry') limit @PageSize) m
        limit @PageSize
        """;

    public const string HasErasableMessages = $"""
        select exists (
          select
          {FromMessagesOfPerson} and status not in ('pending', 'retry') limit 1) m)
        """;

    // Leaves the contact's own campaign recipients to EraseContact: if this erasure is interrupted, the next one finds addresses through
    // them. Locks in id order, like every batch of messages, so that batches do not deadlock.
    public const string EraseMessagePage = $"""
        with page as materialized (
          select m.id, k.hash
          {FromMessagesOfPerson} and status not in ('pending', 'retry') limit @PageSize) m
          limit @PageSize
        ),
        locked as materialized (
          select m.id, p.hash from messages m join page p on p.id = m.id order by m.id for update of m
        ),
        erased as (
          update messages m
          set contact_id = null, body = null, content_variables = null, media = null, location = null,
            contact_address = case when status_rank(m.status) < 15 then l.hash else 'erased' end
          from locked l
          where m.id = l.id and m.status not in ('pending', 'retry')
          returning m.id, m.provider_sid
        ),
        recipients as (
          update campaign_recipients r set address = 'erased', variables = jsonb_build_object()
          from erased m
          where r.message_id = m.id and r.contact_id is distinct from @ContactId
        )
        select m.provider_sid,
          array(select e.former_sid from message_events e where e.message_id = m.id and e.former_sid is not null) as former_sids
        from erased m
        """;

    public const string SelectSidsByHash = """
        select m.provider_sid,
          array(select e.former_sid from message_events e where e.message_id = m.id and e.former_sid is not null) as former_sids
        from senders s
        cross join unnest(@Hashes) as k (hash)
        join messages m on m.tenant_id = @TenantId and m.sender_id = s.id and m.contact_address = k.hash
        """;
}
