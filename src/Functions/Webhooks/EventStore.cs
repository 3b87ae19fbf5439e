using Npgsql;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>What storing one event came to.</summary>
/// <param name="IsNew">False: the same event was stored before and has had its effect.</param>
/// <param name="Retries">Messages that now wait for a retry.</param>
internal sealed record StoredEvent(bool IsNew, IReadOnlyList<Moved> Retries);

/// <summary>Stores a group of events and applies its status reports, in one transaction.</summary>
internal sealed class EventStore(SystemDb db, TimeProvider time, Random random)
{
    // in key order: two groups with the same events cannot deadlock
    private const string Insert = """
        insert into webhook_events (id, tenant_id, provider, kind, sid, status, payload, state, received_at, party)
        select id, tenant_id, provider, kind, sid, status, payload::jsonb,
          case kind when 'status' then 'done' when 'inbound' then 'pending' else 'ignored' end, received_at,
          case when kind <> 'status' then left(payload::jsonb ->> 'From', 100) end
        from unnest(@Ids, @TenantIds, @Providers, @Kinds, @Sids, @Statuses, @Payloads, @Times)
          as e (id, tenant_id, provider, kind, sid, status, payload, received_at)
        order by tenant_id, provider, sid, kind, status
        on conflict (tenant_id, provider, sid, kind, status) do nothing
        returning id
        """;

    private const string KeepEarly = """
        update webhook_events set state = 'early', party = left(payload ->> 'To', 100) where id = any(@Ids)
        """;

    // a late report of an attempt that was given up for lost: no message leads to it, but it names whom it is about
    private const string NameParty = """
        update webhook_events e set party = left(e.payload ->> 'To', 100)
        from unnest(@Ids, @MessageIds) as r (id, message_id)
        where e.id = r.id and e.party is null
          and not exists (select from messages m where m.provider_sid = e.sid and m.tenant_id = e.tenant_id and (r.message_id is null or m.id = r.message_id))
          and not exists (select from message_events f where f.message_id = r.message_id and f.former_sid = e.sid)
        """;

    public Task<Dictionary<Guid, StoredEvent>> RunAsync(IReadOnlyList<WebhookEvent> events, CancellationToken ct) => db.RunAsync(async tx =>
    {
        var inserted = (await InsertAsync(tx, events, ct)).ToHashSet();
        var reports = events
            .Where(one => one.Kind == WebhookEvent.StatusKind && inserted.Contains(one.Id))
            .Select(one => new StatusReport(one.TenantId, one.Id, one.MessageId, one.Attempt, one.Sid, one.Status, one.ErrorCode, one.ReceivedAt))
            .ToList();
        var retries = new Dictionary<Guid, Moved>();
        if (reports.Count > 0)
        {
            var applied = await ApplyStatuses.RunAsync(tx, reports, time.GetUtcNow(), random, ct);
            if (applied.Early.Count > 0)
            {
                await tx.ExecuteAsync(KeepEarly, new { Ids = applied.Early.ToArray() }, ct);
            }

            var late = LateOf(reports, applied);
            if (late.Count > 0)
            {
                await tx.ExecuteAsync(NameParty, new { Ids = late.Select(report => report.EventId).ToArray(), MessageIds = late.Select(report => report.MessageId).ToArray() }, ct);
            }

            retries = applied.Moved.Where(move => move.Status == "retry").GroupBy(move => move.Id).ToDictionary(group => group.Key, group => group.Last());
        }

        return events.ToDictionary(one => one.Id, one => new StoredEvent(
            inserted.Contains(one.Id),
            one.MessageId is { } id && retries.Remove(id, out var retry) ? [retry] : []));
    }, ct);

    /// <summary>Those that may be about nothing that is known by their SID: they moved nothing, and do not wait for a message.</summary>
    private static List<StatusReport> LateOf(IReadOnlyList<StatusReport> reports, AppliedStatuses applied)
    {
        var moves = applied.Moved.CountBy(move => move.Id).ToDictionary();
        return
        [
            .. reports.GroupBy(report => report.MessageId)
                .Where(group => group.Key is not { } id || moves.GetValueOrDefault(id) < group.Count())
                .SelectMany(group => group)
                .Where(report => !applied.Early.Contains(report.EventId)),
        ];
    }

    private static Task<List<Guid>> InsertAsync(NpgsqlTransaction tx, IReadOnlyList<WebhookEvent> events, CancellationToken ct) =>
        tx.QueryAsync<Guid>(Insert, new
        {
            Ids = events.Select(one => one.Id).ToArray(),
            TenantIds = events.Select(one => one.TenantId).ToArray(),
            Providers = events.Select(one => one.Provider).ToArray(),
            Kinds = events.Select(one => one.Kind).ToArray(),
            Sids = events.Select(one => one.Sid).ToArray(),
            Statuses = events.Select(one => one.Status).ToArray(),
            Payloads = events.Select(one => one.Payload).ToArray(),
            Times = events.Select(one => one.ReceivedAt.UtcDateTime).ToArray(),
        }, ct);
}
