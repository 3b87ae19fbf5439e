using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Sending;

/// <summary>
/// Status reports that arrived before any message had their SID. They are stored with their event and applied when a message gets the SID.
/// </summary>
internal static class UnmatchedStatusReports
{
    private const string MarkMatched = $"""
        with matched as (
          update webhook_events set state = 'done'
          where provider = '{ProviderNames.Current}' and kind = 'status' and state = 'unmatched' and sid = any(@Sids)
          returning id, tenant_id, sid, status, payload ->> 'ErrorCode' as error_code, received_at
        )
        select * from matched order by received_at, id
        """;

    /// <param name="tx">The transaction that stores the SIDs.</param>
    /// <param name="sids">The SIDs that messages have got in this transaction.</param>
    /// <returns>The transitions that changed their message.</returns>
    public static async Task<IReadOnlyList<AppliedTransition>> ApplyAsync(
        NpgsqlTransaction tx, string[] sids, DateTimeOffset now, Random random, CancellationToken ct)
    {
        if (sids.Length == 0)
        {
            return [];
        }

        var matched = await tx.QueryAsync<UnmatchedReportRow>(MarkMatched, new { Sids = sids }, ct);
        if (matched.Count == 0)
        {
            return [];
        }

        var reports = matched.ConvertAll(row => new StatusReport(
            row.TenantId, row.Id, null, null, row.Sid, row.Status, row.ErrorCode, row.ReceivedAt));
        return (await ApplyStatusReports.RunAsync(tx, reports, now, random, ct)).Transitions;
    }

    private sealed record UnmatchedReportRow
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required string Sid { get; init; }
        public required string Status { get; init; }
        public string? ErrorCode { get; init; }
        public required DateTime ReceivedAt { get; init; }
    }
}
