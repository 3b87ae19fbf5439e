using Npgsql;
using Relais.Platform.Database;
using Relais.Sending.Unknown;

namespace Relais.Sending;

/// <summary>What waits on senders that lost their account: nobody can send it any more, and nobody can be asked what became of it. It ends.</summary>
internal static class FailMessagesWithoutAccount
{
    private const int Page = 1_000;

    // what was claimed a moment ago may still be on its way
    private const string SelectMessagesWithoutAccount = """
        with gone as materialized (
          select id, tenant_id from senders where account_id is null
        ),
        stream as (
          select id from gone
          union all
          select c.id from gone g join campaigns c on c.tenant_id = g.tenant_id and c.sender_id = g.id
        )
        select m.id, m.attempt, m.status
        from stream s
        cross join lateral (select id, attempt, status from messages where stream_id = s.id and status = 'pending' limit @Page) m
        union all
        select m.id, m.attempt, m.status
        from gone g
        cross join lateral (
          select id, attempt, status from messages
          where sender_id = g.id and status in ('claimed', 'unknown') and (status = 'unknown' or claimed_at < now() - interval '1 minute')
          limit @Page) m
        union all
        select m.id, m.attempt, m.status from messages m join gone g on g.id = m.sender_id where m.status = 'retry'
        limit @Page
        """;

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required int Attempt { get; init; }
        public required string Status { get; init; }
    }

    /// <returns>The end of each message of a page.</returns>
    public static async Task<List<StatusTransition>> SelectPageAsync(NpgsqlTransaction tx, DateTimeOffset now, CancellationToken ct)
    {
        var rows = await tx.QueryAsync<Row>(SelectMessagesWithoutAccount, new { Page }, ct);
        return rows.ConvertAll(row => new StatusTransition(row.Id, row.Attempt, "failed", now, ErrorCode: FailureCode(row.Status)));
    }

    /// <returns>Whether there was a full page.</returns>
    public static async Task<bool> FailPageAsync(NpgsqlTransaction tx, DateTimeOffset now, CancellationToken ct)
    {
        var page = await SelectPageAsync(tx, now, ct);
        await TransitionMessages.RunAsync(tx, page, ct);
        return page.Count == Page;
    }

    private static string FailureCode(string status) => status is "claimed" or "unknown" ? UnknownOutcomeDecision.OutcomeUnknownCode : "sender_retired";
}
