using Npgsql;
using Relais.Consent;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Sending;

/// <summary>Writes decisions: the moves, and their consequences for sender, campaign and consent. The transaction is the caller's.</summary>
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

    private const string SelectUnrecordedOptOuts = """
        select m.id, m.tenant_id, m.channel, m.contact_address, m.contact_id, r.code
        from unnest(@Ids, @Codes) as r (id, code)
        cross join lateral (select id, tenant_id, channel, contact_address, contact_id from messages where id = r.id limit 1) m
        where m.contact_address <> 'erased'
          and not exists (
            select from consents
            where tenant_id = m.tenant_id and address = m.contact_address and kind = 'opt_out' and source = r.code and message_id = m.id
            offset 0)
        """;

    /// <param name="decisions">At most one per message.</param>
    /// <returns>The moves that changed their message.</returns>
    public static async Task<List<AppliedTransition>> RunAsync(NpgsqlTransaction tx, IReadOnlyCollection<SendDecision> decisions, DateTimeOffset now, CancellationToken ct)
    {
        var moved = await TransitionMessages.RunAsync(tx, [.. decisions.Select(decision => decision.Move)], ct);
        if (decisions.All(decision => decision is { ParkSenderFor: null, PauseCampaign: false, OptOut: false }))
        {
            return moved;
        }

        var byId = moved.Where(move => move.ChangedStatus).ToDictionary(move => move.Id);
        var effective = decisions.Where(decision => byId.ContainsKey(decision.Move.MessageId))
            .Select(decision => (Decision: decision, Moved: byId[decision.Move.MessageId]))
            .ToList();
        await ParkAsync(tx, effective, now, ct);
        await PauseAsync(tx, effective, ct);
        var refusals = await FindOptOutsAsync(tx, decisions, moved, ct);
        await OptOutAsync(tx, refusals, now, ct);
        return moved;
    }

    private static async Task OptOutAsync(NpgsqlTransaction tx, List<ProviderOptOut> refusals, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var one in refusals)
        {
            await RecordConsent.OptOutAsync(tx, one.TenantId, one.Channel, one.ContactAddress, one.ContactId, one.Code, null, one.Id, now, ct);
        }

        // The erased person may be a contact again, with messages of a campaign that wait.
        foreach (var ofTenant in refusals.Where(one => AddressHash.IsErased(one.ContactAddress)).GroupBy(one => one.TenantId))
        {
            await RestoreSuppressions.ForHashesAsync(tx, ofTenant.Key, [.. ofTenant.Select(one => one.ContactAddress).Distinct()], ct);
        }
    }

    /// <summary>A refusal binds whatever became of its message: it may come for a former attempt, or when the message has ended.</summary>
    private static async Task<List<ProviderOptOut>> FindOptOutsAsync(
        NpgsqlTransaction tx, IEnumerable<SendDecision> decisions, List<AppliedTransition> moved, CancellationToken ct)
    {
        var codes = decisions.Where(decision => decision.OptOut).ToDictionary(decision => decision.Move.MessageId, decision => decision.Move.ErrorCode!);
        var refusals = moved.Where(move => move.ChangedStatus && codes.ContainsKey(move.Id)).Select(ProviderOptOut.Of).ToList();
        var others = codes.Keys.Except(refusals.Select(one => one.Id)).ToArray();
        if (others.Length > 0)
        {
            refusals.AddRange(await tx.QueryAsync<ProviderOptOut>(SelectUnrecordedOptOuts, new { Ids = others, Codes = others.Select(id => codes[id]).ToArray() }, ct));
        }

        // suppressions are locked in the order of their key
        return [.. refusals.OrderBy(one => AddressKey.From(one.ContactAddress), StringComparer.Ordinal)];
    }

    private static async Task ParkAsync(NpgsqlTransaction tx, List<(SendDecision Decision, AppliedTransition Moved)> effective, DateTimeOffset now, CancellationToken ct)
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

    private static async Task PauseAsync(NpgsqlTransaction tx, List<(SendDecision Decision, AppliedTransition Moved)> effective, CancellationToken ct)
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

    private sealed record ProviderOptOut
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required string Channel { get; init; }
        public required string ContactAddress { get; init; }
        public Guid? ContactId { get; init; }
        public required string Code { get; init; }

        public static ProviderOptOut Of(AppliedTransition move) => new()
        {
            Id = move.Id,
            TenantId = move.TenantId,
            Channel = move.Channel,
            ContactAddress = move.ContactAddress,
            ContactId = move.ContactId,
            Code = move.ErrorCode!,
        };
    }
}
