namespace Relais.Sending;

/// <summary>The statements behind <see cref="SweepSenders"/>.</summary>
internal static class SweepSendersSql
{
    public const string RequeueOverdueRetries = """
        update messages set status = 'pending', wait_reason = null
        where id in (
          select id from messages
          where status = 'retry' and due_at < now() - interval '2 minutes'
          order by due_at
          limit 1000
          for update skip locked)
        """;

    // A live pump finds new work itself; the wake after its lease is for the case that it dies. The senders of a tenant whose daily quota
    // is used up are left out, because they cannot send. The quota is counted as in DailyQuota.
    public const string SelectDueSenders = """
        select s.id, extract(epoch from l.lease_until - now())::float8 + 1 as delay
        from senders s
        join tenants t on t.id = s.tenant_id
        left join sender_leases l on l.sender_id = s.id
        where s.account_id is not null and (s.parked_until is null or s.parked_until <= now())
          and (
            t.daily_limit > (
              select coalesce(sum(b.attempts), 0) from tenant_pace_buckets b
              where b.tenant_id = t.id and b.bucket_at > now() - interval '24 hours 6 minutes')
            and exists (
              select from (
                select s.id as id
                union all
                select c.id from campaigns c
                where c.sender_id = s.id and c.status = 'running' and within_hours(c.hours_from, c.hours_to, c.time_zone, now())
              ) stream
              cross join (values (0::smallint), (1::smallint)) as l (lane)
              cross join lateral (
                select due_at from messages where stream_id = stream.id and lane = l.lane and status = 'pending' order by due_at limit 1
              ) m
              where m.due_at <= now())
            or exists (
              select from messages m where m.sender_id = s.id and m.status = 'claimed' and m.claimed_at < now() - interval '1 minute')
          )
        """;

    public const string SelectSendersWithUnknownOutcomes = """
        select s.id from senders s
        where s.account_id is not null
          and exists (select from messages m where m.sender_id = s.id and m.status = 'unknown' and m.claimed_at < now() - @ResolutionDelay)
        """;
}
