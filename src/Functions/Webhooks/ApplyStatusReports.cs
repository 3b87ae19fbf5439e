using Npgsql;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>The effect of stored status reports: their messages move, and a report without a message stays findable.</summary>
internal static class ApplyStatusReports
{
    private const string MarkUnmatched = """
        update webhook_events set state = 'early', party = left(payload ->> 'To', 100) where id = any(@Ids)
        """;

    // A report for an attempt that was already given up matches no message. Its recipient is stored so that erasure can find it.
    private const string StoreRecipientForErasure = """
        update webhook_events e set party = left(e.payload ->> 'To', 100)
        from unnest(@Ids, @MessageIds) as r (id, message_id)
        where e.id = any(array[r.id]) and e.party is null
          and not exists (
            select from messages m
            where m.provider_sid = e.sid and m.tenant_id = e.tenant_id and (r.message_id is null or m.id = r.message_id)
            offset 0)
          and not exists (select from message_events f where f.message_id = r.message_id and f.former_sid = e.sid offset 0)
        """;

    /// <returns>The messages that now wait for a retry.</returns>
    public static async Task<Dictionary<Guid, AppliedTransition>> RunAsync(
        NpgsqlTransaction tx, IReadOnlyList<StatusReport> reports, DateTimeOffset now, Random random, CancellationToken ct)
    {
        var applied = await ApplyStatusUpdates.RunAsync(tx, reports, now, random, ct);
        if (applied.Early.Count > 0)
        {
            await tx.ExecuteAsync(MarkUnmatched, new { Ids = applied.Early.ToArray() }, ct);
        }

        var without = ReportsWithoutTransition(reports, applied);
        if (without.Count > 0)
        {
            await tx.ExecuteAsync(StoreRecipientForErasure, new
            {
                Ids = without.Select(report => report.EventId).ToArray(),
                MessageIds = without.Select(report => report.MessageId).ToArray(),
            }, ct);
        }

        return applied.Moved.Where(move => move.BeganRetry).GroupBy(move => move.Id).ToDictionary(group => group.Key, group => group.Last());
    }

    /// <summary>Reports that moved nothing and do not wait for a message: perhaps no message has their SID.</summary>
    private static List<StatusReport> ReportsWithoutTransition(IReadOnlyList<StatusReport> reports, AppliedStatuses applied)
    {
        var moves = applied.Moved.CountBy(move => (move.Id, move.Attempt)).ToDictionary();
        return
        [
            .. reports.GroupBy(report => (report.MessageId, report.Attempt))
                .Where(group => group.Key is not ({ } id, { } attempt) || moves.GetValueOrDefault((id, attempt)) < group.Count())
                .SelectMany(group => group)
                .Where(report => !applied.Early.Contains(report.EventId)),
        ];
    }
}
