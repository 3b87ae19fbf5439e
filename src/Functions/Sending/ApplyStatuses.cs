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
/// <param name="Early">Events whose message is not known yet.</param>
internal sealed record AppliedStatuses(IReadOnlyList<Moved> Moved, IReadOnlySet<Guid> Early);

/// <summary>Applies reports in the order they came; several of one message go one after the other, within one transaction.</summary>
internal static class ApplyStatuses
{
    private static readonly FrozenSet<string> Ladder =
        new[] { "accepted", "scheduled", "queued", "sending", "sent", "delivered", "read", "failed", "undelivered", "canceled" }.ToFrozenSet();

    private const string Find = """
        select m.id, m.tenant_id, m.attempt, m.failures, m.provider_sid, m.contact_address, coalesce(c.status in ('running', 'paused'), false) as in_campaign
        from (
          select * from messages where id = any(@Ids)
          union all
          select * from messages where provider_sid = any(@Sids) and not id = any(@Ids)
        ) m
        left join campaigns c on c.id = m.campaign_id
        """;

    // the provider names the recipient in every report
    private const string Redact = "update webhook_events set payload = redacted(payload), party = null where id = any(@Ids)";

    public static async Task<AppliedStatuses> RunAsync(
        NpgsqlTransaction tx, IReadOnlyList<StatusReport> reports, DateTimeOffset now, Random random, CancellationToken ct)
    {
        var known = await tx.QueryAsync<Target>(Find, new
        {
            Ids = reports.Where(report => report.MessageId is not null).Select(report => report.MessageId!.Value).ToArray(),
            Sids = reports.Where(report => report.MessageId is null).Select(report => report.Sid).ToArray(),
        }, ct);
        var byId = known.ToDictionary(target => target.Id);
        var bySid = known.Where(target => target.ProviderSid is not null).ToDictionary(target => target.ProviderSid!);
        var early = new HashSet<Guid>();
        var rounds = new List<Dictionary<Guid, Decision>>();
        foreach (var report in reports)
        {
            var target = report.MessageId is { } id ? byId.GetValueOrDefault(id) : bySid.GetValueOrDefault(report.Sid);
            if (target is null)
            {
                early.Add(report.EventId);
            }
            else if (target.TenantId == report.TenantId && Decide(report, target, now, random) is { } decision)
            {
                Enlist(rounds, decision);
            }
        }

        var moved = new List<Moved>();
        foreach (var round in rounds)
        {
            moved.AddRange(await ApplyDecisions.RunAsync(tx, round.Values, now, ct));
        }

        await RedactAsync(tx, reports, [.. known.Where(target => AddressHash.IsErased(target.ContactAddress)).Select(target => target.Id),
            .. moved.Where(move => AddressHash.IsErased(move.ContactAddress)).Select(move => move.Id)], bySid, ct);
        return new AppliedStatuses(moved, early);
    }

    public static bool IsOnLadder(string status) => Ladder.Contains(status);

    // statuses that the ladder does not know are stored with their event and move nothing
    private static Decision? Decide(StatusReport report, Target target, DateTimeOffset now, Random random)
    {
        if (!Ladder.Contains(report.Status))
        {
            return null;
        }

        var attempt = report.Attempt ?? target.Attempt;
        var decision = report.Status is "failed" or "undelivered"
            ? AfterSend.Failed(
                target.Id, attempt, target.Failures, target.InCampaign, report.ErrorCode ?? "unknown", 0, report.Status, now, random.NextDouble())
            : new Decision(new Move(target.Id, attempt, report.Status, report.At));
        return decision with { Move = decision.Move with { ProviderSid = report.Sid } };
    }

    /// <summary>Whoever was erased while the report was on its way is found by what the moves saw under their locks.</summary>
    private static async Task RedactAsync(
        NpgsqlTransaction tx, IReadOnlyList<StatusReport> reports, HashSet<Guid> erased, Dictionary<string, Target> bySid, CancellationToken ct)
    {
        if (erased.Count > 0)
        {
            var events = reports.Where(report => (report.MessageId ?? bySid.GetValueOrDefault(report.Sid)?.Id) is { } id && erased.Contains(id));
            await tx.ExecuteAsync(Redact, new { Ids = events.Select(report => report.EventId).ToArray() }, ct);
        }
    }

    private static void Enlist(List<Dictionary<Guid, Decision>> rounds, Decision decision)
    {
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
        public string? ProviderSid { get; init; }
        public required string ContactAddress { get; init; }
    }
}
