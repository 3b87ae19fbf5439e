using Npgsql;
using Relais.Platform.Database;

namespace Relais.Sending;

/// <summary>
/// Writes decisions: changes the messages, parks senders, pauses campaigns and records opt-outs. Runs in the caller's transaction.
/// </summary>
internal static class ApplySendDecisions
{
    private const string ParkSenders = """
        update senders s
        set parked_until = greatest(s.parked_until, p.until), parked_reason = p.reason
        from (select id, max(until) as until, max(reason) as reason
              from unnest(@SenderIds, @Untils, @Reasons) as p (id, until, reason) group by id order by id) p
        where s.id = p.id
        """;

    private const string PauseCampaigns = """
        update campaigns c
        set status = 'paused', status_reason = p.reason
        from (select id, max(reason) as reason from unnest(@CampaignIds, @Reasons) as p (id, reason) group by id order by id) p
        where c.id = p.id and c.status = 'running'
        """;

    /// <param name="decisions">At most one per message.</param>
    /// <returns>The transitions that changed their message.</returns>
    public static async Task<List<AppliedTransition>> RunAsync(
        NpgsqlTransaction tx, IReadOnlyCollection<SendDecision> decisions, DateTimeOffset now, CancellationToken ct)
    {
        var applied = await TransitionMessages.RunAsync(tx, [.. decisions.Select(decision => decision.Transition)], ct);
        if (decisions.All(decision => decision is { ParkSenderFor: null, PauseCampaign: false, OptOut: false }))
        {
            return applied;
        }

        var byId = applied.Where(transition => transition.ChangedStatusOrErrorCode).ToDictionary(transition => transition.Id);
        var effective = decisions.Where(decision => byId.ContainsKey(decision.Transition.MessageId))
            .Select(decision => (Decision: decision, Applied: byId[decision.Transition.MessageId]))
            .ToList();
        await ParkSendersAsync(tx, effective, now, ct);
        await PauseCampaignsAsync(tx, effective, ct);
        await RecordProviderOptOuts.RunAsync(tx, decisions, applied, now, ct);
        return applied;
    }

    private static async Task ParkSendersAsync(
        NpgsqlTransaction tx, List<(SendDecision Decision, AppliedTransition Applied)> effective, DateTimeOffset now, CancellationToken ct)
    {
        var parked = effective.Where(item => item.Decision.ParkSenderFor is not null).ToList();
        if (parked.Count > 0)
        {
            await tx.ExecuteAsync(ParkSenders, new
            {
                SenderIds = parked.Select(item => item.Applied.SenderId).ToArray(),
                Untils = parked.Select(item => (now + item.Decision.ParkSenderFor!.Value).UtcDateTime).ToArray(),
                Reasons = parked.Select(item => item.Applied.ErrorCode).ToArray(),
            }, ct);
        }
    }

    private static async Task PauseCampaignsAsync(
        NpgsqlTransaction tx, List<(SendDecision Decision, AppliedTransition Applied)> effective, CancellationToken ct)
    {
        var paused = effective.Where(item => item.Decision.PauseCampaign && item.Applied.CampaignId is not null).ToList();
        if (paused.Count > 0)
        {
            await tx.ExecuteAsync(PauseCampaigns, new
            {
                CampaignIds = paused.Select(item => item.Applied.CampaignId!.Value).ToArray(),
                Reasons = paused.Select(item => item.Applied.ErrorCode).ToArray(),
            }, ct);
        }
    }
}
