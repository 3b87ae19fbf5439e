using Npgsql;
using Relais.Consent;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Sending;

/// <summary>Records the opt-outs that the provider reports by an error code. Runs in the caller's transaction.</summary>
internal static class RecordProviderOptOuts
{
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
    /// <param name="applied">The transitions that changed their message.</param>
    public static async Task RunAsync(
        NpgsqlTransaction tx, IReadOnlyCollection<SendDecision> decisions, List<AppliedTransition> applied, DateTimeOffset now,
        CancellationToken ct)
    {
        var optOuts = await FindAsync(tx, decisions, applied, ct);
        await RecordAsync(tx, optOuts, now, ct);
    }

    private static async Task RecordAsync(
        NpgsqlTransaction tx, List<ProviderOptOut> optOuts, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var optOut in optOuts)
        {
            await RecordConsent.OptOutAsync(
                tx, optOut.TenantId, optOut.Channel, optOut.ContactAddress, optOut.ContactId, optOut.Code, null, optOut.Id, now, ct);
        }

        // An opt-out for an erased person is stored under the hash of the address. If a contact has the address again, the opt-out is
        // also stored in clear, because a running campaign may already contain messages to this contact.
        var ofErasedPeople = optOuts.Where(optOut => AddressHash.IsErased(optOut.ContactAddress));
        foreach (var ofTenant in ofErasedPeople.GroupBy(optOut => optOut.TenantId, optOut => optOut.ContactAddress))
        {
            await RestoreSuppressions.RestoreForHashesAsync(tx, ofTenant.Key, [.. ofTenant.Distinct()], ct);
        }
    }

    /// <summary>
    /// Includes opt-outs that changed no message: the report may be about an earlier attempt or arrive after the message has ended.
    /// </summary>
    private static async Task<List<ProviderOptOut>> FindAsync(
        NpgsqlTransaction tx, IEnumerable<SendDecision> decisions, List<AppliedTransition> applied, CancellationToken ct)
    {
        var codes = decisions.Where(decision => decision.OptOut)
            .ToDictionary(decision => decision.Transition.MessageId, decision => decision.Transition.ErrorCode!);
        var optOuts = applied.Where(transition => transition.ChangedStatusOrErrorCode && codes.ContainsKey(transition.Id))
            .Select(ProviderOptOut.Of)
            .ToList();
        var others = codes.Keys.Except(optOuts.Select(optOut => optOut.Id)).ToArray();
        if (others.Length > 0)
        {
            optOuts.AddRange(await tx.QueryAsync<ProviderOptOut>(
                SelectUnrecordedOptOuts, new { Ids = others, Codes = others.Select(id => codes[id]).ToArray() }, ct));
        }

        // Suppressions are locked in the order of their keys, so that concurrent batches cannot deadlock.
        return [.. optOuts.OrderBy(optOut => AddressKey.From(optOut.ContactAddress), StringComparer.Ordinal)];
    }
}
