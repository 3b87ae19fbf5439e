using System.Collections.Frozen;
using Npgsql;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Sending;

/// <summary>
/// Applies status reports to their messages, in the order of arrival, also when several are about one message. Runs in the caller's
/// transaction. A report whose message is not found waits as <c>unmatched</c>.
/// </summary>
internal static class ApplyStatusReports
{
    private static readonly FrozenSet<string> KnownStatuses =
        new[]
        {
            MessageStatus.Accepted, MessageStatus.Scheduled, MessageStatus.Queued, MessageStatus.Sending, MessageStatus.Sent,
            MessageStatus.Delivered, MessageStatus.Read, MessageStatus.Failed, MessageStatus.Undelivered, MessageStatus.Canceled,
        }.ToFrozenSet();

    // A requeued message no longer has a SID. The event of the requeue keeps the SID of the attempt before it.
    private const string SelectMessagesBySid = """
        select provider_sid as sid, id as message_id, attempt from messages where provider_sid = any(@Sids)
        union all
        select former_sid, message_id, case when status in ('retry', 'pending') then attempt - 1 else attempt end
        from message_events where former_sid = any(@Sids)
        order by attempt
        """;

    private const string SelectTargets = """
        select m.id, m.tenant_id, m.attempt, m.failures, m.contact_address,
          coalesce(c.status in ('running', 'paused'), false) as campaign_can_pause
        from messages m
        left join lateral (select status from campaigns where id = m.campaign_id limit 1) c on true
        where m.id = any(@Ids)
        """;

    // Every report names the recipient, which must not be kept for an erased person.
    private const string RedactEvents = """
        update webhook_events set payload = redact_payload(payload), contact_address = null where id = any(@Ids)
        """;

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

    public static async Task<AppliedStatuses> RunAsync(
        NpgsqlTransaction tx, IReadOnlyList<StatusReport> reports, DateTimeOffset now, Random random, CancellationToken ct)
    {
        var targets = await FindTargetsAsync(tx, reports, ct);
        var batches = new List<Dictionary<Guid, SendDecision>>();
        foreach (var (report, target, attempt) in targets)
        {
            // A report on a message of another tenant changes nothing.
            if (target?.TenantId == report.TenantId)
            {
                AddToBatch(batches, Decide(report, target, attempt ?? target.Attempt, now, random));
            }
        }

        var applied = new List<AppliedTransition>();
        foreach (var batch in batches)
        {
            applied.AddRange(await ApplySendDecisions.RunAsync(tx, batch.Values, now, ct));
        }

        var unmatched = targets.Where(item => item.Target is null).Select(item => item.Report.EventId).ToHashSet();
        await RedactEventsOfErasedPeopleAsync(tx, targets, applied, ct);
        await StoreRecipientsAsync(tx, reports, applied, unmatched, ct);
        return new AppliedStatuses(applied, unmatched);
    }

    public static bool IsKnown(string status) => KnownStatuses.Contains(status);

    /// <summary>
    /// Finds the message and the attempt of each report. Usually the callback URL names both; otherwise the SID of the report is looked up.
    /// </summary>
    private static async Task<List<(StatusReport Report, ReportTarget? Target, int? Attempt)>> FindTargetsAsync(
        NpgsqlTransaction tx, IReadOnlyList<StatusReport> reports, CancellationToken ct)
    {
        var sids = reports.Where(report => report.MessageId is null || report.Attempt is null)
            .Select(report => report.Sid)
            .Distinct()
            .ToArray();
        var rows = sids.Length == 0 ? [] : await tx.QueryAsync<SidRow>(SelectMessagesBySid, new { Sids = sids }, ct);

        // A late report may store the SID of an earlier attempt with a message that has been requeued since. The SID is then found twice:
        // with the later attempt of the message, and with the earlier one in the event of the requeue. The earlier attempt is right.
        var bySid = rows.DistinctBy(row => row.Sid).ToDictionary(row => row.Sid);
        var found = reports.Select(report => (Report: report, Row: bySid.GetValueOrDefault(report.Sid))).ToList();
        var ids = found.Select(item => item.Report.MessageId ?? item.Row?.MessageId).OfType<Guid>().Distinct().ToArray();
        var byId = (await tx.QueryAsync<ReportTarget>(SelectTargets, new { Ids = ids }, ct)).ToDictionary(target => target.Id);
        return found.ConvertAll(item =>
        {
            var id = item.Report.MessageId ?? item.Row?.MessageId;
            return (
                item.Report,
                id is { } messageId ? byId.GetValueOrDefault(messageId) : null,
                item.Report.Attempt ?? (item.Row?.MessageId == id ? item.Row?.Attempt : null));
        });
    }

    // A status that Relais does not know stays in its event and changes no message.
    private static SendDecision? Decide(StatusReport report, ReportTarget target, int attempt, DateTimeOffset now, Random random)
    {
        if (!KnownStatuses.Contains(report.Status))
        {
            return null;
        }

        var decision = report.Status is MessageStatus.Failed or MessageStatus.Undelivered
            ? SendOutcomePolicy.DecideFailure(
                target.Id, attempt, target.Failures, target.CampaignCanPause, report.ErrorCode ?? "unknown", 0, report.Status, now,
                random.NextDouble())
            : new SendDecision(new StatusTransition(
                target.Id, attempt, report.Status, report.At,
                ErrorCode: report.Status == MessageStatus.Canceled ? report.ErrorCode : null));
        return decision with { Transition = decision.Transition with { ProviderSid = report.Sid } };
    }

    /// <summary>A batch changes a message once at most, so a second report on the same message goes into the next batch.</summary>
    private static void AddToBatch(List<Dictionary<Guid, SendDecision>> batches, SendDecision? decision)
    {
        if (decision is null)
        {
            return;
        }

        var batch = batches.Find(candidate => !candidate.ContainsKey(decision.Transition.MessageId));
        if (batch is null)
        {
            batches.Add(batch = []);
        }

        batch.Add(decision.Transition.MessageId, decision);
    }

    /// <summary>The person may be erased while a report is applied. The transitions have read the address again, under a lock.</summary>
    private static async Task RedactEventsOfErasedPeopleAsync(
        NpgsqlTransaction tx, List<(StatusReport Report, ReportTarget? Target, int? Attempt)> targets, List<AppliedTransition> applied,
        CancellationToken ct)
    {
        var erasedNow = applied.Where(transition => AddressHash.IsErased(transition.ContactAddress))
            .Select(transition => transition.Id)
            .ToHashSet();
        var events = targets
            .Where(item => item.Target is { } target && (AddressHash.IsErased(target.ContactAddress) || erasedNow.Contains(target.Id)))
            .Select(item => item.Report.EventId)
            .ToArray();
        if (events.Length > 0)
        {
            await tx.ExecuteAsync(RedactEvents, new { Ids = events }, ct);
        }
    }

    /// <summary>
    /// Stores the recipient with each report that waits for a message, and with each whose SID no message has or had: an erasure finds the
    /// other reports through their message.
    /// </summary>
    private static async Task StoreRecipientsAsync(
        NpgsqlTransaction tx, IReadOnlyList<StatusReport> reports, List<AppliedTransition> applied, HashSet<Guid> unmatched,
        CancellationToken ct)
    {
        if (unmatched.Count > 0)
        {
            await tx.ExecuteAsync(MarkUnmatched, new { Ids = unmatched.ToArray() }, ct);
        }

        // If an attempt has fewer transitions than reports, it is not known which of its reports changed nothing, so all are checked. A
        // report whose URL does not name message and attempt is always checked, and one that was polled has no event.
        var transitions = applied.CountBy(transition => (transition.Id, transition.Attempt)).ToDictionary();
        var withoutTransition = reports.GroupBy(report => (report.MessageId, report.Attempt))
            .Where(group => group.Key is not ({ } id, { } attempt) || transitions.GetValueOrDefault((id, attempt)) < group.Count())
            .SelectMany(group => group)
            .Where(report => !unmatched.Contains(report.EventId) && report.EventId != Guid.Empty)
            .ToList();
        if (withoutTransition.Count > 0)
        {
            await tx.ExecuteAsync(StoreRecipientForErasure, new
            {
                Ids = withoutTransition.Select(report => report.EventId).ToArray(),
                MessageIds = withoutTransition.Select(report => report.MessageId).ToArray(),
            }, ct);
        }
    }

    private sealed record SidRow
    {
        public required string Sid { get; init; }
        public required Guid MessageId { get; init; }
        public required int Attempt { get; init; }
    }

    /// <summary>The message of a status report, as it is stored.</summary>
    private sealed record ReportTarget
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required int Attempt { get; init; }
        public required int Failures { get; init; }
        public required bool CampaignCanPause { get; init; }
        public required string ContactAddress { get; init; }
    }
}

/// <summary>A status report of the provider on one message.</summary>
/// <param name="TenantId">The tenant that owns the reporting account. A report on a message of another tenant is ignored.</param>
/// <param name="EventId">The stored webhook event; empty for a status that was polled.</param>
/// <param name="MessageId">The message named by the callback URL; null when the URL names none and the SID has to be used.</param>
/// <param name="Attempt">The attempt named by the callback URL; null when the URL names none.</param>
internal sealed record StatusReport(
    Guid TenantId, Guid EventId, Guid? MessageId, int? Attempt, string Sid, string Status, string? ErrorCode, DateTimeOffset At);

/// <summary>The result of a group of status reports.</summary>
/// <param name="Transitions">The transitions that changed their message.</param>
/// <param name="UnmatchedEventIds">Events for which no message was found yet.</param>
internal sealed record AppliedStatuses(IReadOnlyList<AppliedTransition> Transitions, IReadOnlySet<Guid> UnmatchedEventIds);
