using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>
/// A report of a failure without a code may be followed by the same report with its code. To the store it is the same event, so the code is
/// added to the event that is there, and has its effect once.
/// </summary>
internal static class AddLateErrorCodes
{
    private const string AddErrorCodes = """
        update webhook_events e
        set payload = e.payload || jsonb_build_object('ErrorCode', k.code)
        from (
          select k.id, r.code
          from unnest(@TenantIds, @Providers, @Sids, @Statuses, @Codes) as r (tenant_id, provider, sid, status, code)
          cross join lateral (
            select id from webhook_events
            where tenant_id = r.tenant_id and provider = r.provider and sid = r.sid and kind = 'status' and status = r.status
              and coalesce(payload ->> 'ErrorCode', '') in ('', '0')
            limit 1
            for update
          ) k
        ) k
        where e.id = any(array[k.id])
        returning e.id, e.tenant_id, e.sid, e.status, k.code
        """;

    /// <param name="repeated">Events that were stored before.</param>
    /// <returns>The reports that say more than the stored ones, under the ids of these.</returns>
    public static async Task<IReadOnlyList<StatusReport>> AddAsync(NpgsqlTransaction tx, IEnumerable<WebhookEvent> repeated, CancellationToken ct)
    {
        var reportsWithCode = repeated
            .Where(one => one is { Kind: WebhookEvent.StatusKind, Status: "failed" or "undelivered" or "canceled", ErrorCode: not null })
            .DistinctBy(KeyOf)
            .ToDictionary(KeyOf);
        if (reportsWithCode.Count == 0)
        {
            return [];
        }

        var events = reportsWithCode.Values.ToList();
        var added = await tx.QueryAsync<AddedRow>(AddErrorCodes, new
        {
            TenantIds = events.ConvertAll(one => one.TenantId).ToArray(),
            Providers = events.ConvertAll(one => one.Provider).ToArray(),
            Sids = events.ConvertAll(one => one.Sid).ToArray(),
            Statuses = events.ConvertAll(one => one.Status).ToArray(),
            Codes = events.ConvertAll(one => one.ErrorCode).ToArray(),
        }, ct);
        return added.ConvertAll(row => (row.Id, Event: reportsWithCode[(row.TenantId, row.Sid, row.Status)])).ConvertAll(pair => new StatusReport(
            pair.Event.TenantId, pair.Id, pair.Event.MessageId, pair.Event.Attempt, pair.Event.Sid, pair.Event.Status, pair.Event.ErrorCode,
            pair.Event.ReceivedAt));
    }

    private static (Guid TenantId, string Sid, string Status) KeyOf(WebhookEvent one) => (one.TenantId, one.Sid, one.Status);

    private sealed record AddedRow
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required string Sid { get; init; }
        public required string Status { get; init; }
    }
}
