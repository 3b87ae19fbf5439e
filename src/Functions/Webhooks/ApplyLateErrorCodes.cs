using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>
/// Adds an error code that arrives late to the stored failure report. A provider may report a failure without a code and later repeat the
/// report with it; the store treats both as the same event, so the code would be lost otherwise.
/// </summary>
internal static class ApplyLateErrorCodes
{
    // The form any(array[...]) keeps the planner from choosing a join (ADR 0037).
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
        returning e.id, e.tenant_id, e.sid, e.status
        """;

    /// <param name="repeated">Events that are stored already.</param>
    /// <returns>The repeated events whose stored event got the error code, each with the id of its stored event.</returns>
    public static async Task<IReadOnlyList<WebhookEvent>> AddAsync(
        NpgsqlTransaction tx, IEnumerable<WebhookEvent> repeated, CancellationToken ct)
    {
        var failures = repeated.Where(IsFailureWithCode).DistinctBy(KeyOf).ToDictionary(KeyOf);
        if (failures.Count == 0)
        {
            return [];
        }

        var events = failures.Values.ToList();
        var updated = await tx.QueryAsync<UpdatedRow>(AddErrorCodes, new
        {
            TenantIds = events.ConvertAll(received => received.TenantId).ToArray(),
            Providers = events.ConvertAll(received => received.Provider).ToArray(),
            Sids = events.ConvertAll(received => received.Sid).ToArray(),
            Statuses = events.ConvertAll(received => received.Status).ToArray(),
            Codes = events.ConvertAll(received => received.ErrorCode).ToArray(),
        }, ct);
        return updated.ConvertAll(row => failures[(row.TenantId, row.Sid, row.Status)] with { Id = row.Id });
    }

    private static bool IsFailureWithCode(WebhookEvent received) => received is
    {
        Kind: WebhookEvent.StatusKind,
        Status: MessageStatus.Failed or MessageStatus.Undelivered or MessageStatus.Canceled,
        ErrorCode: not null,
    };

    private static (Guid TenantId, string Sid, string Status) KeyOf(WebhookEvent received) =>
        (received.TenantId, received.Sid, received.Status);

    private sealed record UpdatedRow
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required string Sid { get; init; }
        public required string Status { get; init; }
    }
}
