using Npgsql;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Privacy.Erasure;

/// <summary>
/// Messages lose text, variables, media, contact and address; their state, times and codes stay, and so do the campaign's numbers. One that is
/// under way keeps a hash until it is over: should the provider then say that the person wants no more, that is kept.
/// </summary>
internal static class EraseMessages
{
    private const int PageSize = 1_000;

    private const string FromMessagesOfPerson = """
        from senders s
        cross join unnest(@Addresses, @Hashes) as k (address, hash)
        cross join lateral (
          select id, attempt from messages
          where tenant_id = @TenantId and sender_id = s.id and contact_address = k.address
        """;

    private const string SelectUnsentMessages = $"""
        select m.id, m.attempt
        {FromMessagesOfPerson} and status in ('pending', 'retry') limit @PageSize) m
        limit @PageSize
        """;

    private const string HasErasableMessages = $"""
        select exists (
          select
          {FromMessagesOfPerson} and status not in ('pending', 'retry') limit 1) m)
        """;

    // the contact's own recipients go last: an address may be known from nowhere else.
    // locked in id order, as every batch locks messages
    private const string EraseMessagePage = $"""
        with page as materialized (
          select m.id, k.hash
          {FromMessagesOfPerson} and status not in ('pending', 'retry') limit @PageSize) m
          limit @PageSize
        ),
        locked as materialized (
          select m.id, p.hash from messages m join page p on p.id = m.id order by m.id for update of m
        ),
        gone as (
          update messages m
          set contact_id = null, body = null, content_variables = null, media = null, location = null,
            contact_address = case when status_rank(m.status) < 15 then l.hash else 'erased' end
          from locked l
          where m.id = l.id and m.status not in ('pending', 'retry')
          returning m.id, m.provider_sid
        ),
        recipients as (
          update campaign_recipients r set address = 'erased', variables = jsonb_build_object()
          from gone g
          where r.message_id = g.id and r.contact_id is distinct from @ContactId
        )
        select g.provider_sid, array(select e.former_sid from message_events e where e.message_id = g.id and e.former_sid is not null) as former_sids
        from gone g
        """;

    private const string SelectSidsByHash = """
        select m.provider_sid, array(select e.former_sid from message_events e where e.message_id = m.id and e.former_sid is not null) as former_sids
        from senders s
        cross join unnest(@Hashes) as k (hash)
        join messages m on m.tenant_id = @TenantId and m.sender_id = s.id and m.contact_address = k.hash
        """;

    private sealed class WaitingRow
    {
        public required Guid Id { get; init; }
        public required int Attempt { get; init; }
    }

    private sealed class ErasedRow
    {
        public string? ProviderSid { get; init; }
        public required string[] FormerSids { get; init; }
    }

    /// <returns>Whether there is something for a page.</returns>
    public static Task<bool> AnyAsync(NpgsqlTransaction tx, DataSubject person, CancellationToken ct) => tx.QueryOneAsync<bool>(HasErasableMessages, Key(person), ct);

    /// <summary>A page of those that nobody waits to send, with the events that reported on them.</summary>
    /// <param name="sids">Gets the SIDs of what was erased.</param>
    /// <returns>Whether there was a full page.</returns>
    public static async Task<bool> ErasePageAsync(NpgsqlTransaction tx, DataSubject person, ErasureCounts erased, HashSet<string> sids, CancellationToken ct)
    {
        var gone = await EraseAsync(tx, person, erased, ct);
        var found = Sids(gone);
        erased.WebhookEvents += await RedactEvents.BySidAsync(tx, person.TenantId, found, ct);
        sids.UnionWith(found);
        return gone.Count == PageSize;
    }

    /// <summary>All of them; what waits is cancelled on the way that every message goes.</summary>
    public static async Task EraseRemainingAsync(NpgsqlTransaction tx, DataSubject person, ErasureCounts erased, HashSet<string> sids, DateTimeOffset now, CancellationToken ct)
    {
        bool more;
        do
        {
            // a claim may be given back between the two
            var waiting = await tx.QueryAsync<WaitingRow>(SelectUnsentMessages, Key(person), ct);
            erased.CanceledMessages += (await TransitionMessages.RunAsync(
                tx, waiting.ConvertAll(row => new StatusTransition(row.Id, row.Attempt, "canceled", now, ErrorCode: "erased")), ct)).Count;
            var before = erased.Messages;
            await ErasePageAsync(tx, person, erased, sids, ct);
            more = waiting.Count > 0 || erased.Messages > before;
        }
        while (more);
    }

    /// <summary>The SIDs of those that were erased and are under way still.</summary>
    public static async Task<string[]> SidsAsync(NpgsqlTransaction tx, DataSubject person, CancellationToken ct) =>
        Sids(await tx.QueryAsync<ErasedRow>(SelectSidsByHash, new { person.TenantId, Hashes = person.AllHashes }, ct));

    private static async Task<List<ErasedRow>> EraseAsync(NpgsqlTransaction tx, DataSubject person, ErasureCounts erased, CancellationToken ct)
    {
        var gone = await tx.QueryAsync<ErasedRow>(EraseMessagePage, Key(person), ct);
        erased.Messages += gone.Count;
        return gone;
    }

    private static object Key(DataSubject person) => new { person.TenantId, person.ContactId, person.Addresses, Hashes = person.AddressHashes, PageSize };

    private static string[] Sids(List<ErasedRow> gone) =>
        [.. gone.SelectMany(row => row.ProviderSid is null ? row.FormerSids : [row.ProviderSid, .. row.FormerSids])];
}
