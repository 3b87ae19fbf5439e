using Npgsql;
using Relais.Consent;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Sending;

/// <summary>Writes decisions: the moves, and what some of them mean for sender, campaign and consent. One transaction is the caller's.</summary>
internal static class ApplyDecisions
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
    /// <returns>The moves that changed their message.</returns>
    public static async Task<List<Moved>> RunAsync(NpgsqlTransaction tx, IReadOnlyCollection<Decision> decisions, DateTimeOffset now, CancellationToken ct)
    {
        var moved = await MoveMessages.RunAsync(tx, [.. decisions.Select(decision => decision.Move)], ct);
        if (decisions.All(decision => decision is { ParkSenderFor: null, PauseCampaign: false, OptOut: false }))
        {
            return moved;
        }

        var byId = moved.ToDictionary(move => move.Id);
        var effective = decisions.Where(decision => byId.ContainsKey(decision.Move.MessageId))
            .Select(decision => (Decision: decision, Moved: byId[decision.Move.MessageId]))
            .ToList();
        await ParkAsync(tx, effective, now, ct);
        await PauseAsync(tx, effective, ct);
        await OptOutAsync(tx, [.. effective.Where(item => item.Decision.OptOut).Select(item => item.Moved)], now, ct);
        return moved;
    }

    private static async Task OptOutAsync(NpgsqlTransaction tx, List<Moved> optOuts, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var message in optOuts.OrderBy(message => message.ContactAddress, StringComparer.Ordinal))
        {
            await RecordConsent.OptOutAsync(
                tx, message.TenantId, message.Channel, message.ContactAddress, message.ContactId, message.ErrorCode!, null, message.Id, now, ct);
        }

        // The erased person may be a contact again, with messages of a campaign that wait.
        foreach (var ofTenant in optOuts.Where(message => AddressHash.IsErased(message.ContactAddress)).GroupBy(message => message.TenantId))
        {
            await RestoreSuppressions.ForHashesAsync(tx, ofTenant.Key, [.. ofTenant.Select(message => message.ContactAddress).Distinct()], ct);
        }
    }

    private static async Task ParkAsync(NpgsqlTransaction tx, List<(Decision Decision, Moved Moved)> effective, DateTimeOffset now, CancellationToken ct)
    {
        var parked = effective.Where(item => item.Decision.ParkSenderFor is not null).ToList();
        if (parked.Count > 0)
        {
            await tx.ExecuteAsync(ParkSenders, new
            {
                SenderIds = parked.Select(item => item.Moved.SenderId).ToArray(),
                Untils = parked.Select(item => (now + item.Decision.ParkSenderFor!.Value).UtcDateTime).ToArray(),
                Reasons = parked.Select(item => item.Moved.ErrorCode).ToArray(),
            }, ct);
        }
    }

    private static async Task PauseAsync(NpgsqlTransaction tx, List<(Decision Decision, Moved Moved)> effective, CancellationToken ct)
    {
        var paused = effective.Where(item => item.Decision.PauseCampaign && item.Moved.CampaignId is not null).ToList();
        if (paused.Count > 0)
        {
            await tx.ExecuteAsync(PauseCampaigns, new
            {
                CampaignIds = paused.Select(item => item.Moved.CampaignId!.Value).ToArray(),
                Reasons = paused.Select(item => item.Moved.ErrorCode).ToArray(),
            }, ct);
        }
    }
}
