using Npgsql;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>The effect of stored status reports: their messages move, and a report without a message stays findable.</summary>
internal static class ApplyStatusReports
{
    private const string MarkUnmatched = """
        update webhook_events set state = 'unmatched', contact_address = left(payload ->> 'To', 100) where id = any(@Ids)
        """;

    // A report for an attempt that was already given up matches no message. Its recipient is stored so that erasure can find it.
    private const string StoreRecipientForErasure = """
        update webhook_events e set contact_address = left(e.payload ->> 'To', 100)
        from unnest(@Ids, @MessageIds) as r (id, message_id)
        where e.id = any(array[r.id]) and e.contact_address is null
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
        if (applied.UnmatchedEventIds.Count > 0)
        {
            await tx.ExecuteAsync(MarkUnmatched, new { Ids = applied.UnmatchedEventIds.ToArray() }, ct);
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

        return applied.Transitions.Where(move => move.WaitsForRetry).GroupBy(move => move.Id).ToDictionary(group => group.Key, group => group.Last());
    }

    /// <summary>Reports that moved nothing and do not wait for a message: perhaps no message has their SID.</summary>
    private static List<StatusReport> ReportsWithoutTransition(IReadOnlyList<StatusReport> reports, AppliedStatuses applied)
    {
        var moves = applied.Transitions.CountBy(move => (move.Id, move.Attempt)).ToDictionary();
        return
        [
            .. reports.GroupBy(report => (report.MessageId, report.Attempt))
                .Where(group => group.Key is not ({ } id, { } attempt) || moves.GetValueOrDefault((id, attempt)) < group.Count())
                .SelectMany(group => group)
                .Where(report => !applied.UnmatchedEventIds.Contains(report.EventId)),
        ];
    }
}
