using Npgsql;
using Relais.Platform.Database;

namespace Relais.Sending;

/// <summary>Finds the message and the attempt that a status report is about.</summary>
internal sealed class MessagesBySid
{
    // A requeued message no longer has a SID. The event of the requeue keeps the SID of the attempt before it.
    private const string SelectMessagesBySid = """
        select provider_sid as sid, id as message_id, attempt from messages where provider_sid = any(@Sids)
        union all
        select former_sid, message_id, case when status in ('retry', 'pending') then attempt - 1 else attempt end
        from message_events where former_sid = any(@Sids)
        order by attempt
        """;

    private readonly Dictionary<string, SidRow> bySid;

    private MessagesBySid(Dictionary<string, SidRow> bySid) => this.bySid = bySid;

    /// <summary>Looks up only the SIDs of reports whose callback URL did not name both message and attempt.</summary>
    public static async Task<MessagesBySid> ReadAsync(
        NpgsqlTransaction tx, IReadOnlyList<StatusReport> reports, CancellationToken ct)
    {
        var sids = reports.Where(report => report.MessageId is null || report.Attempt is null)
            .Select(report => report.Sid)
            .Distinct()
            .ToArray();
        var rows = sids.Length == 0 ? [] : await tx.QueryAsync<SidRow>(SelectMessagesBySid, new { Sids = sids }, ct);

        // A late report may store the SID of an earlier attempt with a message that has been requeued since. The SID is then found twice:
        // with the later attempt of the message, and with the earlier one in the event of the requeue. The earlier attempt is right.
        return new MessagesBySid(rows.DistinctBy(row => row.Sid).ToDictionary(row => row.Sid));
    }

    /// <returns>The message that the callback URL or the SID names; it may not exist. Null: neither names a message.</returns>
    public Guid? FindMessageId(StatusReport report) => report.MessageId ?? bySid.GetValueOrDefault(report.Sid)?.MessageId;

    /// <returns>Null: neither the report nor its SID names an attempt.</returns>
    public int? FindAttempt(StatusReport report) =>
        report.Attempt
        ?? (bySid.GetValueOrDefault(report.Sid) is { } row && row.MessageId == FindMessageId(report) ? row.Attempt : null);

    private sealed record SidRow
    {
        public required string Sid { get; init; }
        public required Guid MessageId { get; init; }
        public required int Attempt { get; init; }
    }
}
