using System.Collections.Frozen;
using Npgsql;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Sending;

/// <summary>A provider's report on one message.</summary>
/// <param name="TenantId">The owner of the account that said so; it has no say on messages of others.</param>
/// <param name="EventId">The stored event it came in.</param>
/// <param name="MessageId">From the callback URL; null when the provider sent its own words only.</param>
/// <param name="Attempt">From the callback URL.</param>
internal sealed record StatusReport(
    Guid TenantId, Guid EventId, Guid? MessageId, int? Attempt, string Sid, string Status, string? ErrorCode, DateTimeOffset At);

/// <summary>What became of a group of reports.</summary>
/// <param name="UnmatchedEventIds">Events whose message is not known yet.</param>
internal sealed record AppliedStatuses(IReadOnlyList<AppliedTransition> Transitions, IReadOnlySet<Guid> UnmatchedEventIds);

/// <summary>Applies reports in the order they came; several of one message go one after the other, within one transaction.</summary>
internal static class ApplyStatusUpdates
{
    private static readonly FrozenSet<string> KnownStatuses =
        new[] { "accepted", "scheduled", "queued", "sending", "sent", "delivered", "read", "failed", "undelivered", "canceled" }.ToFrozenSet();

    private const string SelectTargets = """
        select m.id, m.tenant_id, m.attempt, m.failures, m.contact_address, coalesce(c.status in ('running', 'paused'), false) as in_campaign
        from messages m
        left join lateral (select status from campaigns where id = m.campaign_id limit 1) c on true
        where m.id = any(@Ids)
        """;

    // a message that was put back says in its event which SID the attempt before had
    private const string SelectMessagesBySid = """
        select provider_sid as sid, id as message_id, attempt from messages where provider_sid = any(@Sids)
        union all
        select former_sid, message_id, case when status in ('retry', 'pending') then attempt - 1 else attempt end
        from message_events where former_sid = any(@Sids)
        order by attempt
        """;

    // the provider names the recipient in every report
    private const string RedactEvents = "update webhook_events set payload = redact_payload(payload), contact_address = null where id = any(@Ids)";

    public static async Task<AppliedStatuses> RunAsync(
        NpgsqlTransaction tx, IReadOnlyList<StatusReport> reports, DateTimeOffset now, Random random, CancellationToken ct)
    {
        var bySid = await FindMessagesBySidAsync(tx, reports, ct);
        var ids = reports.Select(report => FindMessageId(report, bySid)).OfType<Guid>().Distinct().ToArray();
        var byId = (await tx.QueryAsync<Target>(SelectTargets, new { Ids = ids }, ct)).ToDictionary(target => target.Id);
        var early = new HashSet<Guid>();
        var batches = new List<Dictionary<Guid, SendDecision>>();
        foreach (var report in reports)
        {
            var target = FindMessageId(report, bySid) is { } id ? byId.GetValueOrDefault(id) : null;
            if (target is null)
            {
                early.Add(report.EventId);
            }
            else if (target.TenantId == report.TenantId)
            {
                AddToBatch(batches, Decide(report, target, FindAttempt(report, bySid) ?? target.Attempt, now, random));
            }
        }

        var moved = new List<AppliedTransition>();
        foreach (var round in batches)
        {
            moved.AddRange(await ApplySendDecisions.RunAsync(tx, round.Values, now, ct));
        }

        // A person may be erased while the report is being applied: the moves read the address again under their locks.
        var erased = byId.Values.Where(target => AddressHash.IsErased(target.ContactAddress)).Select(target => target.Id)
            .Concat(moved.Where(move => AddressHash.IsErased(move.ContactAddress)).Select(move => move.Id))
            .ToHashSet();
        if (erased.Count > 0)
        {
            var events = reports.Where(report => FindMessageId(report, bySid) is { } id && erased.Contains(id)).Select(report => report.EventId);
            await tx.ExecuteAsync(RedactEvents, new { Ids = events.ToArray() }, ct);
        }

        return new AppliedStatuses(moved, early);
    }

    public static bool IsKnown(string status) => KnownStatuses.Contains(status);

    // statuses that the ladder does not know are stored with their event and move nothing
    private static SendDecision? Decide(StatusReport report, Target target, int attempt, DateTimeOffset now, Random random)
    {
        if (!KnownStatuses.Contains(report.Status))
        {
            return null;
        }

        var decision = report.Status is "failed" or "undelivered"
            ? SendOutcomePolicy.DecideFailure(
                target.Id, attempt, target.Failures, target.InCampaign, report.ErrorCode ?? "unknown", 0, report.Status, now, random.NextDouble())
            : new SendDecision(new StatusTransition(target.Id, attempt, report.Status, report.At, ErrorCode: report.Status == "canceled" ? report.ErrorCode : null));
        return decision with { Move = decision.Move with { ProviderSid = report.Sid } };
    }

    /// <summary>Only for reports whose callback URL did not name message and attempt.</summary>
    private static async Task<Dictionary<string, SidRow>> FindMessagesBySidAsync(NpgsqlTransaction tx, IReadOnlyList<StatusReport> reports, CancellationToken ct)
    {
        var sids = reports.Where(report => report.MessageId is null || report.Attempt is null).Select(report => report.Sid).Distinct().ToArray();
        var rows = sids.Length == 0 ? [] : await tx.QueryAsync<SidRow>(SelectMessagesBySid, new { Sids = sids }, ct);
        return rows.DistinctBy(row => row.Sid).ToDictionary(row => row.Sid);
    }

    private static Guid? FindMessageId(StatusReport report, Dictionary<string, SidRow> bySid) =>
        report.MessageId ?? bySid.GetValueOrDefault(report.Sid)?.MessageId;

    private static int? FindAttempt(StatusReport report, Dictionary<string, SidRow> bySid) =>
        report.Attempt ?? (bySid.GetValueOrDefault(report.Sid) is { } row && row.MessageId == FindMessageId(report, bySid) ? row.Attempt : null);

    private static void AddToBatch(List<Dictionary<Guid, SendDecision>> rounds, SendDecision? decision)
    {
        if (decision is null)
        {
            return;
        }

        var round = rounds.Find(one => !one.ContainsKey(decision.Move.MessageId));
        if (round is null)
        {
            rounds.Add(round = []);
        }

        round.Add(decision.Move.MessageId, decision);
    }

    private sealed record Target
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required int Attempt { get; init; }
        public required int Failures { get; init; }
        public required bool InCampaign { get; init; }
        public required string ContactAddress { get; init; }
    }

    private sealed record SidRow
    {
        public required string Sid { get; init; }
        public required Guid MessageId { get; init; }
        public required int Attempt { get; init; }
    }
}
