namespace Relais.Sending.Pump;

/// <summary>The statement behind <see cref="ClaimMessages"/>.</summary>
internal static class ClaimMessagesSql
{
    /// <summary>A CTE named <c>stream</c>: the sender's own stream and its campaigns that may send now; parameter @SenderId.</summary>
    public const string SendableStreamsCte = """
        stream as (
          select @SenderId::uuid as id
          union all
          select id from campaigns
          where sender_id = @SenderId and status = 'running' and within_hours(hours_from, hours_to, time_zone, now())
        )
        """;

    private const string DueCondition = "stream_id = s.id and status = 'pending' and due_at <= now() and id <> all(@Excluded)";

    /// <summary>The ids of the due messages that a claim would examine. After a failed claim they are claimed in smaller groups.</summary>
    public const string SelectCandidates = $"""
        with {SendableStreamsCte}
        select m.id
        from stream s
        cross join lateral (select id, lane, due_at from messages where {DueCondition} order by lane, due_at, id limit @Limit) m
        order by m.lane, m.due_at, m.id
        limit @Limit
        """;

    // Rows that belong to a candidate are looked up one by one (lateral with a limit, or any(array[id])). Otherwise a planner without
    // statistics might join the candidates with all recipients of the tenant.
    public const string ClaimMessages = $"""
        with {SendableStreamsCte},
        picked as materialized (
          select m.*
          from stream s
          cross join lateral (
            select id, stream_id, lane, due_at, contact_address, campaign_id, step, marketing, expires_at, attempt, failures,
              body, content_sid, content_variables, units
            from messages
            where {DueCondition} and (@Only::uuid[] is null or id = any(@Only))
            order by lane, due_at, id
            limit @Limit
            for update skip locked
          ) m
        ),
        -- Campaigns of one sender take turns. Replies, in lane 0, are sent first.
        placed as (
          select *, row_number() over (partition by stream_id order by lane, due_at, id) as place from picked
        ),
        chosen as (
          select *, row_number() over (partition by recipient order by lane, place, id) as nth
          from (select *, address_key(contact_address) as recipient from placed order by lane, place, due_at, id limit @Limit) p
        ),
        examined as materialized (
          select c.*, p.free_at, coalesce(g.status in ('running', 'paused'), false) as campaign_can_pause,
            case
              when c.expires_at <= now() then 'expired'
              when (c.marketing or c.campaign_id is not null) and o.suppressed then 'skipped'
              when g.status in ('cancelling', 'cancelled') then 'canceled'
              when @Retired then 'failed'
              when g.status = 'paused' then 'paused'
              when c.nth > 1 or p.free_at > now() then 'recipient_spacing'
              else 'claimed'
            end as decision
          from chosen c
          left join lateral (select status from campaigns where id = c.campaign_id limit 1) g on true
          left join lateral (
            select true as suppressed from suppressions
            where tenant_id = @TenantId and channel = @Channel and address = c.recipient
            limit 1
          ) o on true
          left join lateral (
            select recent, in_flight_until from recipient_pace
            where tenant_id = @TenantId and channel = @Channel and address = c.recipient
            limit 1
          ) r on true
          cross join lateral (
            select case when r.in_flight_until is null then r.recent else r.recent || r.in_flight_until end as sends
          ) e
          -- The recipient is free after the spacing, and only while the last minute has fewer sends than the limit. The tenth of a second
          -- covers the difference between these times and those that the provider counts.
          cross join lateral (
            select case when r.in_flight_until > now() then now() + interval '1 second' else coalesce(greatest(
              e.sends[cardinality(e.sends)] + @Spacing,
              case when cardinality(e.sends) >= @PerMinute then e.sends[cardinality(e.sends) - @PerMinute + 1] + interval '60.1 seconds' end
            ), '-infinity') end as free_at
          ) p
        ),
        claimed as (
          update messages m
          set status = 'claimed', attempt = m.attempt + 1, claim_epoch = @Epoch, claimed_at = now(), wait_reason = null, error_code = null
          from examined j
          where m.id = any(array[j.id]) and j.decision = 'claimed'
        ),
        waiting as (
          update messages m
          set wait_reason = j.decision,
            due_at = case j.decision
              -- Resuming the campaign makes the message due. Until then it is examined once an hour, and when it expires.
              when 'paused' then least(j.expires_at, now() + interval '1 hour')
              else greatest(j.free_at, now())
                + (j.nth - 1) * greatest(@Spacing, interval '60 seconds' / @PerMinute, interval '1 second') end
          from examined j
          where m.id = any(array[j.id]) and j.decision in ('paused', 'recipient_spacing')
        ),
        dropped as (
          update messages m
          set status = j.decision, ended_at = now(),
              error_code = case j.decision when 'skipped' then 'opted_out' when 'failed' then 'sender_retired' end
          from examined j
          where m.id = any(array[j.id]) and j.decision in ('expired', 'skipped', 'canceled', 'failed')
          returning m.id, m.tenant_id, m.campaign_id, m.step, m.status, m.attempt, m.error_code
        ),
        dropped_events as (
          insert into message_events (message_id, tenant_id, status, attempt, at, error_code)
          select id, tenant_id, status, attempt, now(), error_code from dropped
        ),
        dropped_counts as (
          {CampaignCountersSql.Insert}
          select campaign_id, name, {CampaignCountersSql.Shard}, @TenantId, sum(delta)
          from (
            select campaign_id, case step when 2 then 'followup_' else '' end || n.name as name, n.delta
            from dropped d
            cross join lateral (values ('queued', -1), (d.status, 1), (d.status || ':' || d.error_code, 1)) n (name, delta)
            where d.campaign_id is not null and n.name is not null
          ) changes
          group by campaign_id, name
          order by campaign_id, name
          {CampaignCountersSql.AddToExisting}
        ),
        paced as (
          insert into recipient_pace as r (tenant_id, channel, address, in_flight_until)
          select @TenantId, @Channel, recipient, now() + @InFlight
          from examined
          where decision = 'claimed'
          order by recipient
          -- A call that never ended counts as a send. Only the last PerMinute sends are kept: of n sends and the added one, those from
          -- position n + 2 - PerMinute.
          on conflict (tenant_id, channel, address) do update
          set recent = case when r.in_flight_until is null then r.recent
                else (r.recent || r.in_flight_until)[greatest(1, cardinality(r.recent) + 2 - @PerMinute):] end,
              in_flight_until = excluded.in_flight_until
        )
        select j.id, j.decision, j.attempt + (j.decision = 'claimed')::int as attempt, j.failures, j.contact_address, j.campaign_can_pause,
          j.body, j.content_sid, j.content_variables, j.units, j.expires_at
        from examined j
        order by j.lane, j.place, j.due_at, j.id
        """;
}
