namespace Relais.Sending;

/// <summary>The statement behind <see cref="TransitionMessages"/>.</summary>
internal static class TransitionMessagesSql
{
    // Every join that could scan a whole table is written as a lookup of one row (lateral with a limit, or any(array[id])), so that the
    // planner has no other choice while a table has no statistics. A plan that was made while the tables were empty would still use
    // sequential scans later, so the plan is made with enable_seqscan off. It is then kept, because planning a small batch takes three
    // times as long as executing it.
    //
    // The column attempt is a version of the message and not a count of tries: each claim and each requeue raises it by one. A callback URL
    // names the attempt of its request, so a report on an earlier request is recognised even before the next request is sent.
    public const string TransitionMessages = """
        set local plan_cache_mode = force_generic_plan;
        set local enable_seqscan = off;
        with requested as materialized (
          -- Rows are locked in id order, so that two batches over the same messages cannot deadlock.
          select m.*, w.at, w.provider_sid as sid, w.error_code as code, w.due_at, w.is_lost_attempt, w.attempt as reported_attempt,
            g.status as campaign_status, w.status in ('pending', 'retry') as requests_requeue,
            w.attempt < m.attempt as is_earlier_attempt, b.must_not_resend,
            -- Messages of cancelled campaigns and of erased people are not requeued.
            case
              when w.status = 'retry' and b.must_not_resend then 'failed'
              when w.status = 'pending' and b.must_not_resend then 'canceled'
              else w.status end as status
          from (
            select * from unnest(@Ids, @Attempts, @Statuses, @Ats, @Sids, @Codes, @Dues, @Lost)
              as u (id, attempt, status, at, provider_sid, error_code, due_at, is_lost_attempt)
            order by id
          ) w
          cross join lateral (
            select id, status as old_status, attempt, lost_attempt, provider_sid as old_sid, error_code as old_code, campaign_id,
              contact_address, sent_at, delivered_at, read_at
            from messages
            where id = w.id and (attempt = w.attempt or (attempt > w.attempt and w.attempt > 0))
            limit 1
            for update
          ) m
          left join lateral (select status from campaigns where id = m.campaign_id limit 1) g on true
          cross join lateral (
            select coalesce(g.status in ('cancelling', 'cancelled'), false) or is_erased(m.contact_address) as must_not_resend
          ) b
        ),
        decided as materialized (
          select w.*,
            requests_requeue and not must_not_resend and not is_earlier_attempt and status_rank(old_status) between 1 and 14 as requeue,
            -- A report on the lost attempt, which the provider did not list, makes it current again, unless the next one has begun.
            status_may_move(old_status, status)
              and (not is_earlier_attempt or (reported_attempt = lost_attempt and old_status in ('pending', 'retry'))) as advances,
            -- An earlier attempt was delivered. The message counts as delivered, even if it was requeued or has ended since.
            is_earlier_attempt and status in ('delivered', 'read')
              and (status_rank(old_status) = 90 or status_rank(old_status) < status_rank(status)) as reached_recipient,
            -- A late report that the message was sent does not change its status, but its time is stored and counted once.
            status = 'sent' and sent_at is null and (is_earlier_attempt or status_rank(old_status) = 90) as adds_sent_time,
            -- The provider's numeric code replaces the code that Relais stored for the same end.
            not is_earlier_attempt and code ~ '^[0-9]+$' and coalesce(old_code !~ '^[0-9]+$', true) and (
              (old_status in ('failed', 'undelivered') and (requests_requeue or status in ('failed', 'undelivered')))
              or (old_status = 'canceled' and status = 'canceled')) as adds_error_code,
            not is_earlier_attempt and sid is not null and old_sid is null and status_rank(old_status) between 1 and 89 as adds_sid
          from requested w
        ),
        updated as (
          update messages m
          set status = case when j.requeue or j.advances or j.reached_recipient then j.status else m.status end,
              provider_sid = case
                when j.requeue then null
                -- The SID belongs to the current attempt. A report on an earlier one may set it only while no later one is in progress.
                when j.is_earlier_attempt
                  and not coalesce(j.advances or (j.reached_recipient and j.old_status not in ('claimed', 'unknown')), false)
                  then m.provider_sid
                else coalesce(m.provider_sid, case
                  when not exists (select from messages o where o.provider_sid = j.sid and o.id <> m.id) then j.sid end) end,
              lost_attempt = case when j.is_lost_attempt then j.reported_attempt when j.requeue then null else m.lost_attempt end,
              -- No pump claims from the stream of a finished campaign, so the message moves to the sender's own stream.
              stream_id = case when j.requeue and j.campaign_status = 'finished' then m.sender_id else m.stream_id end,
              error_code = case
                when j.reached_recipient then null
                when j.requeue or j.advances or j.adds_error_code then coalesce(j.code, m.error_code)
                else m.error_code end,
              attempt = case when j.requeue then m.attempt + 1 when j.advances then j.reported_attempt else m.attempt end,
              failures = m.failures + (j.requeue and j.status = 'retry')::int,
              due_at = case when j.requeue then coalesce(j.due_at, m.due_at) else m.due_at end,
              wait_reason = case
                when j.requeue then case j.status when 'retry' then 'retry' else j.code end
                when j.advances or j.reached_recipient then null
                else m.wait_reason end,
              sent_at = coalesce(m.sent_at, case when j.status in ('sent', 'delivered', 'read', 'undelivered') then j.at end),
              delivered_at = coalesce(m.delivered_at, case when j.status in ('delivered', 'read') then j.at end),
              read_at = coalesce(m.read_at, case when j.status = 'read' then j.at end),
              ended_at = case
                when j.reached_recipient then null
                when j.advances and status_rank(j.status) = 90 then j.at
                else m.ended_at end,
              -- For an erased person this is a hash, which an opt-out may need until the message is delivered or has ended.
              contact_address = case
                when is_erased(m.contact_address) and (j.advances or j.reached_recipient) and status_rank(j.status) >= 15 then 'erased'
                else m.contact_address end
          from decided j
          where m.id = any(array[j.id])
            and (j.requeue or j.advances or j.reached_recipient or j.adds_sent_time or j.adds_error_code or j.adds_sid)
          returning m.id, m.tenant_id, m.sender_id, m.campaign_id, m.step, j.contact_address, m.channel, m.contact_id, m.attempt,
            m.failures, j.old_status, m.status, j.at, j.old_code, m.error_code, m.due_at, j.adds_error_code,
            case when j.reached_recipient then j.reported_attempt else m.attempt end as event_attempt,
            case
              when j.requeue then coalesce(j.old_sid, j.sid)
              when j.reached_recipient and j.sid is distinct from m.provider_sid then j.sid end as former_sid,
            j.sent_at is null and m.sent_at is not null as newly_sent,
            j.delivered_at is null and m.delivered_at is not null as newly_delivered,
            j.read_at is null and m.read_at is not null as newly_read
        ),
        events as (
          insert into message_events (message_id, tenant_id, status, attempt, at, error_code, former_sid)
          select id, tenant_id, status, event_attempt, at, error_code, former_sid
          from updated
          where status <> old_status or adds_error_code
        ),
        counts as (
          insert into campaign_counters (campaign_id, name, shard, tenant_id, value)
          select c.campaign_id, c.name, (pg_backend_pid() % 32)::smallint, c.tenant_id, sum(c.delta)
          from (
            select m.campaign_id, m.tenant_id, case m.step when 2 then 'followup_' else '' end || n.name as name, n.delta
            from updated m
            cross join lateral (
              select case m.status when 'undelivered' then 'failed' else m.status end as name,
                case m.old_status when 'undelivered' then 'failed' else m.old_status end as old_name
            ) s
            cross join lateral (
              select case when s.name in ('failed', 'canceled', 'expired', 'skipped') then s.name end as name,
                case when s.old_name in ('failed', 'canceled', 'expired', 'skipped') then s.old_name end as old_name
            ) e
            cross join lateral (values
              ('queued', (status_rank(m.status) < 10)::int - (status_rank(m.old_status) < 10)::int),
              ('sent', m.newly_sent::int),
              ('delivered', m.newly_delivered::int),
              ('read', m.newly_read::int),
              (e.name, 1),
              (e.old_name, -1),
              (case when e.name in ('failed', 'skipped') then e.name || ':' || coalesce(m.error_code, 'unknown') end, 1),
              (case when e.old_name in ('failed', 'skipped') then e.old_name || ':' || coalesce(m.old_code, 'unknown') end, -1)
            ) n (name, delta)
            where m.campaign_id is not null and n.name is not null and n.delta <> 0
          ) c
          group by c.campaign_id, c.name, c.tenant_id
          having sum(c.delta) <> 0
          order by c.campaign_id, c.name
          on conflict (campaign_id, name, shard) do update set value = campaign_counters.value + excluded.value
        )
        select id, tenant_id, sender_id, campaign_id, contact_address, channel, contact_id, attempt, failures, old_status, status,
          error_code, due_at, adds_error_code
        from updated;
        set local enable_seqscan to default;
        set local plan_cache_mode to default
        """;
}
