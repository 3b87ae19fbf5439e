using Npgsql;
using Relais.Platform.Database;

namespace Relais.Sending;

/// <summary>One step of one message: what a response, a callback, a settlement or a person makes of it.</summary>
/// <param name="Attempt">The move is dropped when the message is at another attempt by now.</param>
/// <param name="Status">A status of the ladder, an end, or <c>pending</c>/<c>retry</c>, which put the message back.</param>
/// <param name="DueAt">For a message put back: when it may go again.</param>
/// <param name="PresumedLost">The provider does not have it; should its callback come all the same before it goes again, the callback is right.</param>
internal sealed record Move(
    Guid MessageId, int Attempt, string Status, DateTimeOffset At, string? ProviderSid = null, string? ErrorCode = null, DateTimeOffset? DueAt = null,
    bool PresumedLost = false);

/// <summary>A move that changed its message.</summary>
internal sealed record Moved
{
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required Guid SenderId { get; init; }
    public Guid? CampaignId { get; init; }
    public required string ContactAddress { get; init; }
    public required string Channel { get; init; }
    public Guid? ContactId { get; init; }
    public required int Attempt { get; init; }
    public required int Failures { get; init; }
    public required string OldStatus { get; init; }
    public required string Status { get; init; }
    public string? ErrorCode { get; init; }
    public required DateTime DueAt { get; init; }
}

/// <summary>
/// The only statement that changes the status of a message which was handed to a provider. The ladder stands in its WHERE; every
/// applied change leaves an event and moves the campaign's counters by what really changed, so duplicates and disorder
/// add up to the same numbers.
/// </summary>
internal static class MoveMessages
{
    // The first block locks in id order: two batches over the same messages cannot deadlock.
    private const string Text = """
        with wanted as materialized (
          select m.id, m.status as old_status, m.sent_at, m.delivered_at, m.read_at, w.attempt, w.at, w.provider_sid, w.error_code, w.due_at, w.lost,
            m.contact_address, m.provider_sid as had_sid,
            w.status in ('pending', 'retry') and not b.over as back, g.status as campaign_status,
            -- nothing goes again for a campaign that was cancelled, or to somebody who was erased
            case when w.status in ('pending', 'retry') and b.over then case w.status when 'retry' then 'failed' else 'canceled' end else w.status end as status
          from messages m
          join unnest(@Ids, @Attempts, @Statuses, @Ats, @Sids, @Codes, @Dues, @Lost) as w (id, attempt, status, at, provider_sid, error_code, due_at, lost)
            on w.id = m.id and (w.attempt = m.attempt or (w.attempt = m.presumed_lost and m.status in ('pending', 'retry')))
          left join campaigns g on g.id = m.campaign_id
          cross join lateral (select coalesce(g.status in ('cancelling', 'cancelled'), false) or is_erased(m.contact_address) as over) b
          order by m.id
          for update of m
        ),
        moved as (
          update messages m
          set status = case when w.back or status_may_move(w.old_status, w.status) then w.status else m.status end,
              provider_sid = case when w.back then null else coalesce(m.provider_sid, case
                when not exists (select from messages o where o.provider_sid = w.provider_sid and o.id <> m.id) then w.provider_sid end) end,
              presumed_lost = case when w.lost then w.attempt when w.back then null else m.presumed_lost end,
              -- what waits for a campaign that is over waits in the sender's own stream
              stream_id = case when w.back and w.campaign_status = 'finished' then m.sender_id else m.stream_id end,
              error_code = case when w.back or status_may_move(w.old_status, w.status) then coalesce(w.error_code, m.error_code) else m.error_code end,
              attempt = w.attempt + case when w.back then 1 else 0 end,
              failures = m.failures + case w.status when 'retry' then 1 else 0 end,
              due_at = coalesce(w.due_at, m.due_at),
              wait_reason = case w.status when 'retry' then 'retry' when 'pending' then w.error_code end,
              sent_at = coalesce(m.sent_at, case when w.status in ('sent', 'delivered', 'read', 'undelivered') then w.at end),
              delivered_at = coalesce(m.delivered_at, case when w.status in ('delivered', 'read') then w.at end),
              read_at = coalesce(m.read_at, case when w.status = 'read' then w.at end),
              ended_at = case when status_rank(w.status) = 90 and status_may_move(w.old_status, w.status) then w.at else m.ended_at end,
              -- an erased person's hash is of use until it is delivered or over
              contact_address = case
                when is_erased(m.contact_address) and status_rank(w.status) >= 15 and status_may_move(w.old_status, w.status) then 'erased' else m.contact_address end
          from wanted w
          where m.id = w.id
            and (
              status_may_move(w.old_status, w.status)
              or (w.back and status_rank(w.old_status) between 1 and 14)
              -- a late report of an earlier step moves nothing back, but its milestone counts once
              or (w.status = 'sent' and w.sent_at is null and status_rank(w.old_status) = 90)
              or (w.provider_sid is not null and m.provider_sid is null and status_rank(w.old_status) between 1 and 89)
            )
          returning m.id, m.tenant_id, m.sender_id, m.campaign_id, m.step, w.contact_address, m.channel, m.contact_id, m.attempt, m.failures,
            case when w.back then coalesce(w.had_sid, w.provider_sid) end as former_sid, w.old_status, m.status, w.at, m.error_code, m.due_at,
            w.sent_at is null and m.sent_at is not null as newly_sent,
            w.delivered_at is null and m.delivered_at is not null as newly_delivered,
            w.read_at is null and m.read_at is not null as newly_read
        ),
        events as (
          insert into message_events (message_id, tenant_id, status, attempt, at, error_code, former_sid)
          select id, tenant_id, status, attempt, at, error_code, former_sid from moved where status <> old_status
        ),
        counts as (
          insert into campaign_counters (campaign_id, name, shard, tenant_id, value)
          select c.campaign_id, c.name, (pg_backend_pid() % 32)::smallint, c.tenant_id, sum(c.delta)
          from (
            select m.campaign_id, m.tenant_id, case m.step when 2 then 'followup_' else '' end || n.name as name, n.delta
            from moved m
            cross join lateral (values
              ('queued', (status_rank(m.status) < 10)::int - (status_rank(m.old_status) < 10)::int),
              ('sent', m.newly_sent::int),
              ('delivered', m.newly_delivered::int),
              ('read', m.newly_read::int),
              ('failed', (m.status <> m.old_status and m.status in ('failed', 'undelivered'))::int),
              ('failed:' || coalesce(m.error_code, 'unknown'), (m.status <> m.old_status and m.status in ('failed', 'undelivered'))::int),
              (m.status, (m.status <> m.old_status and m.status in ('canceled', 'expired', 'skipped'))::int),
              ('skipped:' || coalesce(m.error_code, 'unknown'), (m.status <> m.old_status and m.status = 'skipped')::int)
            ) n (name, delta)
            where m.campaign_id is not null and n.delta <> 0
          ) c
          group by c.campaign_id, c.name, c.tenant_id
          order by c.campaign_id, c.name
          on conflict (campaign_id, name, shard) do update set value = campaign_counters.value + excluded.value
        )
        select id, tenant_id, sender_id, campaign_id, contact_address, channel, contact_id, attempt, failures, old_status, status, error_code, due_at
        from moved
        """;

    /// <param name="moves">At most one per message.</param>
    /// <returns>Those that changed something.</returns>
    public static Task<List<Moved>> RunAsync(NpgsqlTransaction tx, IReadOnlyCollection<Move> moves, CancellationToken ct) =>
        tx.QueryAsync<Moved>(Text, new
        {
            Ids = moves.Select(move => move.MessageId).ToArray(),
            Attempts = moves.Select(move => move.Attempt).ToArray(),
            Statuses = moves.Select(move => move.Status).ToArray(),
            Ats = moves.Select(move => move.At.UtcDateTime).ToArray(),
            Sids = moves.Select(move => move.ProviderSid).ToArray(),
            Codes = moves.Select(move => move.ErrorCode).ToArray(),
            Dues = moves.Select(move => move.DueAt?.UtcDateTime).ToArray(),
            Lost = moves.Select(move => move.PresumedLost).ToArray(),
        }, ct);
}
