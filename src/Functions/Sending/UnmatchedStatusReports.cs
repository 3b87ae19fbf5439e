using Npgsql;
using Relais.Platform.Database;

namespace Relais.Sending;

/// <summary>Callbacks that named a SID which nobody knew yet: kept with their event, applied when a message gets that SID.</summary>
internal static class UnmatchedStatusReports
{
    private const string MarkMatched = """
        with kept as (
          update webhook_events set state = 'done'
          where provider = 'twilio' and kind = 'status' and state = 'unmatched' and sid = any(@Sids)
          returning id, tenant_id, sid, status, payload ->> 'ErrorCode' as error_code, received_at
        )
        select * from kept order by received_at, id
        """;

    public static async Task<IReadOnlyList<AppliedTransition>> ApplyAsync(NpgsqlTransaction tx, string[] sids, DateTimeOffset now, Random random, CancellationToken ct)
    {
        if (sids.Length == 0)
        {
            return [];
        }

        var kept = await tx.QueryAsync<UnmatchedReportRow>(MarkMatched, new { Sids = sids }, ct);
        if (kept.Count == 0)
        {
            return [];
        }

        var reports = kept.ConvertAll(row => new StatusReport(row.TenantId, row.Id, null, null, row.Sid, row.Status, row.ErrorCode, row.ReceivedAt));
        return (await ApplyStatusUpdates.RunAsync(tx, reports, now, random, ct)).Transitions;
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
