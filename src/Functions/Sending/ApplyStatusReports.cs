using System.Collections.Frozen;
using Npgsql;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Sending;

/// <summary>
/// Applies status reports in the order of arrival, also when several are about one message. Runs in the caller's transaction.
/// </summary>
internal static class ApplyStatusReports
{
    private static readonly FrozenSet<string> KnownStatuses =
        new[] { "accepted", "scheduled", "queued", "sending", "sent", "delivered", "read", "failed", "undelivered", "canceled" }
            .ToFrozenSet();

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

    public static async Task<AppliedStatuses> RunAsync(
        NpgsqlTransaction tx, IReadOnlyList<StatusReport> reports, DateTimeOffset now, Random random, CancellationToken ct)
    {
        var reported = await MessagesBySid.ReadAsync(tx, reports, ct);
        var ids = reports.Select(report => reported.FindMessageId(report)).OfType<Guid>().Distinct().ToArray();
        var byId = (await tx.QueryAsync<ReportTarget>(SelectTargets, new { Ids = ids }, ct)).ToDictionary(target => target.Id);
        var unmatched = new HashSet<Guid>();
        var batches = new List<Dictionary<Guid, SendDecision>>();
        foreach (var report in reports)
        {
            var target = reported.FindMessageId(report) is { } id ? byId.GetValueOrDefault(id) : null;
            if (target is null)
            {
                unmatched.Add(report.EventId);
            }
            else if (target.TenantId == report.TenantId)
            {
                AddToBatch(batches, Decide(report, target, reported.FindAttempt(report) ?? target.Attempt, now, random));
            }
        }

        var applied = new List<AppliedTransition>();
        foreach (var batch in batches)
        {
            applied.AddRange(await ApplySendDecisions.RunAsync(tx, batch.Values, now, ct));
        }

        // The person may be erased while the report is applied. The transitions have read the address again, under a lock.
        var erased = byId.Values.Where(target => AddressHash.IsErased(target.ContactAddress)).Select(target => target.Id)
            .Concat(applied.Where(transition => AddressHash.IsErased(transition.ContactAddress)).Select(transition => transition.Id))
            .ToHashSet();
        if (erased.Count > 0)
        {
            var events = reports.Where(report => reported.FindMessageId(report) is { } id && erased.Contains(id))
                .Select(report => report.EventId);
            await tx.ExecuteAsync(RedactEvents, new { Ids = events.ToArray() }, ct);
        }

        return new AppliedStatuses(applied, unmatched);
    }

    public static bool IsKnown(string status) => KnownStatuses.Contains(status);

    // A status that Relais does not know stays in its event and changes no message.
    private static SendDecision? Decide(StatusReport report, ReportTarget target, int attempt, DateTimeOffset now, Random random)
    {
        if (!KnownStatuses.Contains(report.Status))
        {
            return null;
        }

        var decision = report.Status is "failed" or "undelivered"
            ? SendOutcomePolicy.DecideFailure(
                target.Id, attempt, target.Failures, target.CampaignCanPause, report.ErrorCode ?? "unknown", 0, report.Status, now,
                random.NextDouble())
            : new SendDecision(new StatusTransition(
                target.Id, attempt, report.Status, report.At, ErrorCode: report.Status == "canceled" ? report.ErrorCode : null));
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
}
