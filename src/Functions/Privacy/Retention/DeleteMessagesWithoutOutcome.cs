using Npgsql;
using Relais.Platform.Database;

namespace Relais.Privacy.Retention;

/// <summary>
/// Deletes old messages that a provider accepted but never reported as sent; polling for their status ends after two days. Works across all
/// tenants, because the partial index of these messages has no tenant column.
/// </summary>
internal static class DeleteMessagesWithoutOutcome
{
    private const string DeletePage = $"""
        with candidates as materialized (
          select m.id, m.tenant_id, m.status, m.claimed_at
          from messages m
          where m.direction = 'out' and m.status in ('accepted', 'scheduled', 'queued', 'sending', 'sent')
            and (m.claimed_at, m.id) > (@After, @AfterId) and m.claimed_at < @Latest
          order by m.claimed_at, m.id
          limit @Page
        ),
        deleted as (
          delete from messages m
          using candidates c, tenants t
          where m.id = c.id and t.id = c.tenant_id and c.status <> 'sent' and m.status = c.status
            and c.claimed_at < @Now - make_interval(days => t.retention_days)
          returning m.id, m.tenant_id, m.provider_sid
        ),
        {RetentionStep.DeleteMessageTracesCte}
        select c.id, c.claimed_at, (select count(*)::int from deleted) as deleted
        from candidates c
        order by c.claimed_at desc, c.id desc
        limit 1
        """;

    /// <summary>The last message of a page, where the next page continues, and the number of messages that the page deleted.</summary>
    internal sealed record Page
    {
        public required Guid Id { get; init; }
        public required DateTime ClaimedAt { get; init; }
        public required int Deleted { get; init; }
    }

    /// <param name="after">The previous page; null for the first one.</param>
    /// <param name="page">The maximum number of messages to examine.</param>
    /// <returns>Null when there is no further page.</returns>
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
