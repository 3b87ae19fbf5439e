using Npgsql;
using Relais.Platform.Database;
using Relais.Sending.Unknown;

namespace Relais.Sending;

/// <summary>
/// Fails the open messages of senders whose provider account was removed: they cannot be sent any more, and the provider cannot be asked
/// for unknown outcomes.
/// </summary>
internal static class FailMessagesWithoutAccount
{
    private const int Page = 1_000;

    // A pump may still be sending a message that was claimed within the last minute. Such a message is left to a later sweep.
    private const string SelectMessagesWithoutAccount = """
        with senders_without_account as materialized (
          select id, tenant_id from senders where account_id is null
        ),
        stream as (
          select id from senders_without_account
          union all
          select c.id from senders_without_account w join campaigns c on c.tenant_id = w.tenant_id and c.sender_id = w.id
        )
        select m.id, m.attempt, m.status
        from stream s
        cross join lateral (select id, attempt, status from messages where stream_id = s.id and status = 'pending' limit @Page) m
        union all
        select m.id, m.attempt, m.status
        from senders_without_account w
        cross join lateral (
          select id, attempt, status from messages
          where sender_id = w.id and status in ('claimed', 'unknown') and (status = 'unknown' or claimed_at < now() - interval '1 minute')
          limit @Page) m
        union all
        select m.id, m.attempt, m.status
        from messages m
        join senders_without_account w on w.id = m.sender_id
        where m.status = 'retry'
        limit @Page
        """;

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required int Attempt { get; init; }
        public required string Status { get; init; }
    }

    /// <returns>For each message of a page the transition to <c>failed</c>; not applied yet.</returns>
    public static async Task<List<StatusTransition>> SelectPageAsync(NpgsqlTransaction tx, DateTimeOffset now, CancellationToken ct)
    {
        var rows = await tx.QueryAsync<Row>(SelectMessagesWithoutAccount, new { Page }, ct);
        return rows.ConvertAll(
            row => new StatusTransition(row.Id, row.Attempt, MessageStatus.Failed, now, ErrorCode: FailureCode(row.Status)));
    }

    /// <returns>True when the page was full, so that there may be more messages.</returns>
    public static async Task<bool> FailPageAsync(NpgsqlTransaction tx, DateTimeOffset now, CancellationToken ct)
    {
        var page = await SelectPageAsync(tx, now, ct);
        await TransitionMessages.RunAsync(tx, page, ct);
        return page.Count == Page;
    }

    private static string FailureCode(string status) =>
        status is MessageStatus.Claimed or MessageStatus.Unknown ? UnknownOutcomeDecision.OutcomeUnknownCode : "sender_retired";
}
