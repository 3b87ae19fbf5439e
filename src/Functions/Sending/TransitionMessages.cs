using Npgsql;
using Relais.Platform.Database;

namespace Relais.Sending;

/// <summary>
/// Changes the status of messages after a provider call, a status report or a cancellation, and writes an event for each change. The SQL
/// functions <c>status_rank</c> and <c>status_may_move</c> define which changes are allowed; to requeue a message has a condition of its
/// own. The campaign's counters change only by real transitions, so duplicate or reordered callbacks give the same totals.
/// </summary>
/// <remarks>
/// Four other statements change a status: <see cref="Pump.ClaimMessagesSql"/> claims a due message or ends it unsent, and writes an event
/// and the counters if it ends. Without an event, <see cref="Pump.SenderLeaseSql"/> marks the messages of a dead pump unknown, and
/// <see cref="Retries.RetryMessage"/> and <see cref="SweepSendersSql"/> set a message whose retry is due to pending.
/// </remarks>
internal static class TransitionMessages
{
    // Every join that could scan a whole table is written as a lookup of one row (lateral with a limit, or any(array[id])), so that the
    // planner has no other choice while a table has no statistics. A plan that was made while the tables were empty would still use
    // sequential scans later, so the plan is made with enable_seqscan off. It is then kept, because planning a small batch takes three
    // times as long as executing it.
    //
    // The column attempt is a version of the message and not a count of tries: each claim and each requeue raises it by one. A callback URL
    // names the attempt of its request, so a report on an earlier request is recognised even before the next request is sent.
    private const string TransitionRequested = $"""
        set local plan_cache_mode = force_generic_plan;
        set local enable_seqscan = off;
        with requested as materialized (
          -- Rows are locked in id order, so that two batches over the same messages cannot deadlock.
          select stored.*, request.at, request.provider_sid as sid, request.error_code as code, request.due_at, request.is_lost_attempt,
            request.attempt as reported_attempt, campaign.status as campaign_status,
            request.status in ('pending', 'retry') as requests_requeue,
            request.attempt < stored.attempt as is_earlier_attempt, guard.must_not_resend,
            -- Messages of cancelled campaigns and of erased people are not requeued.
            case
              when request.status = 'retry' and guard.must_not_resend then 'failed'
              when request.status = 'pending' and guard.must_not_resend then 'canceled'
              else request.status end as status
          from (
            select * from unnest(@Ids, @Attempts, @Statuses, @Ats, @Sids, @Codes, @Dues, @Lost)
              as u (id, attempt, status, at, provider_sid, error_code, due_at, is_lost_attempt)
            order by id
          ) request
          cross join lateral (
            select id, status as old_status, attempt, lost_attempt, provider_sid as old_sid, error_code as old_code, campaign_id,
              contact_address, sent_at, delivered_at, read_at
            from messages
            where id = request.id and (attempt = request.attempt or (attempt > request.attempt and request.attempt > 0))
            limit 1
            for update
          ) stored
          left join lateral (select status from campaigns where id = stored.campaign_id limit 1) campaign on true
          cross join lateral (
            select coalesce(campaign.status in ('cancelling', 'cancelled'), false) or is_erased(stored.contact_address) as must_not_resend
          ) guard
        ),
        decided as materialized (
          select requested.*,
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
          from requested
        ),
        updated as (
          update messages m
          set status = case when decided.requeue or decided.advances or decided.reached_recipient then decided.status else m.status end,
              provider_sid = case
                when decided.requeue then null
                -- The SID belongs to the current attempt. A report on an earlier one may set it only while no later one is in progress.
                when decided.is_earlier_attempt
                  and not coalesce(
                    decided.advances or (decided.reached_recipient and decided.old_status not in ('claimed', 'unknown')), false)
                  then m.provider_sid
                else coalesce(m.provider_sid, case
                  when not exists (select from messages other where other.provider_sid = decided.sid and other.id <> m.id)
                    then decided.sid end) end,
              lost_attempt = case
                when decided.is_lost_attempt then decided.reported_attempt
                when decided.requeue then null
                else m.lost_attempt end,
              -- No pump claims from the stream of a finished campaign, so the message moves to the sender's own stream.
              stream_id = case when decided.requeue and decided.campaign_status = 'finished' then m.sender_id else m.stream_id end,
              error_code = case
                when decided.reached_recipient then null
                when decided.requeue or decided.advances or decided.adds_error_code then coalesce(decided.code, m.error_code)
                else m.error_code end,
              attempt = case when decided.requeue then m.attempt + 1 when decided.advances then decided.reported_attempt else m.attempt end,
              failures = m.failures + (decided.requeue and decided.status = 'retry')::int,
              due_at = case when decided.requeue then coalesce(decided.due_at, m.due_at) else m.due_at end,
              wait_reason = case
                when decided.requeue then case decided.status when 'retry' then 'retry' else decided.code end
                when decided.advances or decided.reached_recipient then null
                else m.wait_reason end,
              sent_at = coalesce(m.sent_at, case when decided.status in ('sent', 'delivered', 'read', 'undelivered') then decided.at end),
              delivered_at = coalesce(m.delivered_at, case when decided.status in ('delivered', 'read') then decided.at end),
              read_at = coalesce(m.read_at, case when decided.status = 'read' then decided.at end),
              ended_at = case
                when decided.reached_recipient then null
                when decided.advances and status_rank(decided.status) = 90 then decided.at
                else m.ended_at end,
              -- For an erased person this is a hash, which an opt-out may need until the message is delivered or has ended.
              contact_address = case
                when is_erased(m.contact_address) and (decided.advances or decided.reached_recipient)
                  and status_rank(decided.status) >= 15 then 'erased'
                else m.contact_address end
          from decided
          where m.id = any(array[decided.id])
            and (decided.requeue or decided.advances or decided.reached_recipient
              or decided.adds_sent_time or decided.adds_error_code or decided.adds_sid)
          returning m.id, m.tenant_id, m.sender_id, m.campaign_id, m.step, decided.contact_address, m.channel, m.contact_id, m.attempt,
            m.failures, decided.old_status, m.status, decided.at, decided.old_code, m.error_code, m.due_at, decided.adds_error_code,
            case when decided.reached_recipient then decided.reported_attempt else m.attempt end as event_attempt,
            case
              when decided.requeue then coalesce(decided.old_sid, decided.sid)
              when decided.reached_recipient and decided.sid is distinct from m.provider_sid then decided.sid end as former_sid,
            decided.sent_at is null and m.sent_at is not null as newly_sent,
            decided.delivered_at is null and m.delivered_at is not null as newly_delivered,
            decided.read_at is null and m.read_at is not null as newly_read
        ),
        events as (
          insert into message_events (message_id, tenant_id, status, attempt, at, error_code, former_sid)
          select id, tenant_id, status, event_attempt, at, error_code, former_sid
          from updated
          where status <> old_status or adds_error_code
        ),
        counts as (
          {CampaignCountersSql.Insert}
          select change.campaign_id, change.name, {CampaignCountersSql.Shard}, change.tenant_id, sum(change.delta)
          from (
            select m.campaign_id, m.tenant_id, case m.step when 2 then 'followup_' else '' end || counter.name as name, counter.delta
            from updated m
            cross join lateral (
              select case m.status when 'undelivered' then 'failed' else m.status end as name,
                case m.old_status when 'undelivered' then 'failed' else m.old_status end as old_name
            ) mapped
            cross join lateral (
              select case when mapped.name in ('failed', 'canceled', 'expired', 'skipped') then mapped.name end as name,
                case when mapped.old_name in ('failed', 'canceled', 'expired', 'skipped') then mapped.old_name end as old_name
            ) final
            cross join lateral (values
              ('queued', (status_rank(m.status) < 10)::int - (status_rank(m.old_status) < 10)::int),
              ('sent', m.newly_sent::int),
              ('delivered', m.newly_delivered::int),
              ('read', m.newly_read::int),
              (final.name, 1),
              (final.old_name, -1),
              (case when final.name in ('failed', 'skipped') then final.name || ':' || coalesce(m.error_code, 'unknown') end, 1),
              (case when final.old_name in ('failed', 'skipped') then final.old_name || ':' || coalesce(m.old_code, 'unknown') end, -1)
            ) counter (name, delta)
            where m.campaign_id is not null and counter.name is not null and counter.delta <> 0
          ) change
          group by change.campaign_id, change.name, change.tenant_id
          having sum(change.delta) <> 0
          order by change.campaign_id, change.name
          {CampaignCountersSql.AddToExisting}
        )
        select id, tenant_id, sender_id, campaign_id, contact_address, channel, contact_id, attempt, failures, old_status, status,
          error_code, due_at, adds_error_code
        from updated;
        set local enable_seqscan to default;
        set local plan_cache_mode to default
        """;

    /// <param name="tx">The caller's transaction; it holds the row locks of the messages until it ends.</param>
    /// <param name="transitions">At most one per message.</param>
    /// <returns>The transitions that changed their message.</returns>
    public static Task<List<AppliedTransition>> RunAsync(
        NpgsqlTransaction tx, IReadOnlyCollection<StatusTransition> transitions, CancellationToken ct) =>
        tx.QueryAsync<AppliedTransition>(TransitionRequested, new
        {
            Ids = transitions.Select(transition => transition.MessageId).ToArray(),
            Attempts = transitions.Select(transition => transition.Attempt).ToArray(),
            Statuses = transitions.Select(transition => transition.Status).ToArray(),
            Ats = transitions.Select(transition => transition.At.UtcDateTime).ToArray(),
            Sids = transitions.Select(transition => transition.ProviderSid).ToArray(),
            Codes = transitions.Select(transition => transition.ErrorCode).ToArray(),
            Dues = transitions.Select(transition => transition.DueAt?.UtcDateTime).ToArray(),
            Lost = transitions.Select(transition => transition.IsLostAttempt).ToArray(),
        }, ct);
}

/// <summary>A requested change of the status of one message.</summary>
/// <param name="Attempt">
/// The attempt that the change is about. If the message is already at a later attempt, the status changes only when this attempt reached
/// the recipient, or when it is the message's lost attempt and the next one has not begun.
/// </param>
/// <param name="Status">A status of the provider, a final status, or <c>pending</c>/<c>retry</c> to requeue the message.</param>
/// <param name="ProviderSid">The SID of the attempt; null when it is not known.</param>
/// <param name="ErrorCode">The reason for a failure or a requeue; null when there is none.</param>
/// <param name="DueAt">For a requeue: the earliest time of the next attempt; null leaves it as it is.</param>
/// <param name="IsLostAttempt">
/// The provider does not list this attempt, so the message is requeued. If a report on the attempt arrives before the next attempt begins,
/// the report counts.
/// </param>
internal sealed record StatusTransition(
    Guid MessageId,
    int Attempt,
    string Status,
    DateTimeOffset At,
    string? ProviderSid = null,
    string? ErrorCode = null,
    DateTimeOffset? DueAt = null,
    bool IsLostAttempt = false);

/// <summary>A transition that changed its message.</summary>
internal sealed record AppliedTransition
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

    /// <summary>The message had already ended, and the provider's error code for this end arrived now.</summary>
    public bool AddsErrorCode { get; init; }

    /// <summary>This transition made the message wait for a retry.</summary>
    public bool WaitsForRetry => Status == MessageStatus.Retry && OldStatus != MessageStatus.Retry;

    /// <summary>The status or the error code changed, not only the SID or the time of a milestone.</summary>
    public bool ChangedStatusOrErrorCode => Status != OldStatus || AddsErrorCode;
}
