using Npgsql;
using Relais.Platform.Database;

namespace Relais.Privacy.Retention;

/// <summary>
/// Messages that a provider took and of which it never said that they were sent. Nobody asks about them after two days; found over all tenants at
/// once, for the index over messages without an outcome knows no tenant.
/// </summary>
internal static class DeleteMessagesWithoutOutcome
{
    private const string DeletePage = $"""
        with seen as materialized (
          select m.id, m.tenant_id, m.status, m.claimed_at
          from messages m
          where m.direction = 'out' and m.status in ('accepted', 'scheduled', 'queued', 'sending', 'sent')
            and (m.claimed_at, m.id) > (@After, @AfterId) and m.claimed_at < @Latest
          order by m.claimed_at, m.id
          limit @Page
        ),
        gone as (
          delete from messages m
          using seen s, tenants t
          where m.id = s.id and t.id = s.tenant_id and s.status <> 'sent' and m.status = s.status and s.claimed_at < @Now - make_interval(days => t.retention_days)
          returning m.id, m.tenant_id, m.provider_sid
        ),
        {RetentionStep.DeleteMessageTracesCte}
        select s.id, s.claimed_at, (select count(*)::int from gone) as gone
        from seen s
        order by s.claimed_at desc, s.id desc
        limit 1
        """;

    internal sealed record Page
    {
        public required Guid Id { get; init; }
        public required DateTime ClaimedAt { get; init; }
        public required int Deleted { get; init; }
    }

    /// <returns>Where the page ended; null: there is nothing more.</returns>
    public static Task<Page?> DeleteAsync(NpgsqlTransaction tx, Page? after, int page, DateTime now, CancellationToken ct) =>
        tx.QueryOneAsync<Page>(DeletePage, new
        {
            After = after?.ClaimedAt ?? DateTime.UnixEpoch,
            AfterId = after?.Id ?? Guid.Empty,
            Latest = now.AddDays(-PrivacySettings.MinDays),
            Now = now,
            Page = page,
        }, ct);
}
