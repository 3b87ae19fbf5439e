using Npgsql;
using Relais.Platform.Database;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>
/// Applies stored status reports to their messages. A report whose message is not found waits as <c>unmatched</c>. Such a report, and one
/// whose SID no message has or had, is stored with its recipient, so that an erasure can find it.
/// </summary>
internal static class ApplyReportEvents
{
    private const string MarkUnmatched = """
        update webhook_events set state = 'unmatched', contact_address = left(payload ->> 'To', 100) where id = any(@Ids)
        """;

    // A report for an attempt that was already given up matches no message. Its recipient is stored so that erasure can find it.
    // The forms any(array[...]) and "offset 0" keep the planner from choosing a join (ADR 0037).
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

    /// <returns>The messages that now wait for a retry, by message id.</returns>
    public static async Task<Dictionary<Guid, AppliedTransition>> RunAsync(
        NpgsqlTransaction tx, IReadOnlyList<StatusReport> reports, DateTimeOffset now, Random random, CancellationToken ct)
    {
        var applied = await ApplyStatusReports.RunAsync(tx, reports, now, random, ct);
        if (applied.UnmatchedEventIds.Count > 0)
        {
            await tx.ExecuteAsync(MarkUnmatched, new { Ids = applied.UnmatchedEventIds.ToArray() }, ct);
        }

        var withoutTransition = ReportsWithoutTransition(reports, applied);
        if (withoutTransition.Count > 0)
        {
            await tx.ExecuteAsync(StoreRecipientForErasure, new
            {
                Ids = withoutTransition.Select(report => report.EventId).ToArray(),
                MessageIds = withoutTransition.Select(report => report.MessageId).ToArray(),
            }, ct);
        }

        return applied.Transitions
            .Where(transition => transition.WaitsForRetry)
            .GroupBy(transition => transition.Id)
            .ToDictionary(group => group.Key, group => group.Last());
    }

    /// <summary>
    /// The reports that may have changed nothing, without those that wait for a message. When an attempt has fewer transitions than
    /// reports, all its reports are returned, because it is not known which of them changed nothing. A report whose URL does not name
    /// message and attempt is always returned.
    /// </summary>
    private static List<StatusReport> ReportsWithoutTransition(IReadOnlyList<StatusReport> reports, AppliedStatuses applied)
    {
        var counts = applied.Transitions.CountBy(transition => (transition.Id, transition.Attempt)).ToDictionary();
        return
        [
            .. reports.GroupBy(report => (report.MessageId, report.Attempt))
                .Where(group => group.Key is not ({ } id, { } attempt) || counts.GetValueOrDefault((id, attempt)) < group.Count())
                .SelectMany(group => group)
                .Where(report => !applied.UnmatchedEventIds.Contains(report.EventId)),
        ];
    }
}
