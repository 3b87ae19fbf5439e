using Npgsql;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Sending.Pump;

/// <summary>One provider call that is over.</summary>
/// <param name="AnsweredAt">Timestamp of the answer: the provider had seen the request by then.</param>
internal sealed record CompletedCall(OutboundMessage Message, SendOutcome Outcome, long AnsweredAt);

/// <summary>Writes a group of outcomes in one transaction: moves, the recipients' pace, and early callbacks that waited for the SID.</summary>
internal sealed class RecordOutcomes(SystemDb db, TimeProvider time, Random random)
{
    // another transaction, such as an erasure, may hold one row: the others of the group wait for it no longer than this
    private const string SetLockTimeout = "set local lock_timeout = '3s'";

    // Each row is looked up by its whole key and then written by its key again, so that no planner can join its way through the recipients
    // of a tenant. The rows are locked in the order of addresses, as every claim locks them; one that is gone stays away.
    private const string UpdateRecipientPace = """
        insert into recipient_pace (tenant_id, channel, address, in_flight_until, recent)
        select @TenantId, @Channel, s.address, null,
          case when s.age is null then p.recent
            else (p.recent || (clock_timestamp() - make_interval(secs => s.age)))[greatest(1, cardinality(p.recent) + 2 - @PerMinute):] end
        from (select address, age from unnest(@Addresses, @Ages) as u (address, age) order by address) s
        cross join lateral (
          select recent from recipient_pace
          where tenant_id = @TenantId and channel = @Channel and address = s.address
          limit 1
          for update
        ) p
        on conflict (tenant_id, channel, address) do update set in_flight_until = null, recent = excluded.recent
        """;

    // what never left took nothing of the tenant's day
    private const string ReturnDailyQuota = """
        update tenant_pace_buckets set attempts = greatest(attempts - @Count, 0)
        where tenant_id = @TenantId and bucket_at = (select max(bucket_at) from tenant_pace_buckets where tenant_id = @TenantId)
        """;

    /// <returns>Messages that wait for a retry, each with its instant.</returns>
    public async Task<IReadOnlyList<AppliedTransition>> RunAsync(SenderConnection sender, IReadOnlyList<CompletedCall> sent, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var decisions = sent.Select(one => SendOutcomePolicy.Decide(
            one.Message.Id, one.Message.Attempt, one.Message.Failures, one.Message.InCampaign, one.Outcome, now, random.NextDouble())).ToList();
        var unused = sent.Where(WasNotSent).Select(one => one.Message.Id).ToHashSet();
        return await db.RunAsync(async tx =>
        {
            await tx.ExecuteAsync(SetLockTimeout, null, ct);
            var moved = await ApplySendDecisions.RunAsync(tx, decisions, now, ct);
            await UpdateRecipientPaceAsync(tx, sender, sent, ct);
            // counted by what moved: a group that is written again after a lost answer gives nothing back twice
            var given = moved.Count(move => unused.Contains(move.Id));
            if (given > 0)
            {
                await tx.ExecuteAsync(ReturnDailyQuota, new { sender.TenantId, Count = given }, ct);
            }

            var sids = sent.Select(one => (one.Outcome as SendOutcome.Accepted)?.Sid).OfType<string>().ToArray();
            moved.AddRange(await UnmatchedStatusReports.ApplyAsync(tx, sids, now, random, ct));
            return moved.Where(move => move.WaitsForRetry).ToList();
        }, ct);
    }

    private static bool WasNotSent(CompletedCall sent) => sent.Outcome is SendOutcome.NotSent or SendOutcome.NotSentInTime;

    private Task<int> UpdateRecipientPaceAsync(NpgsqlTransaction tx, SenderConnection sender, IEnumerable<CompletedCall> sent, CancellationToken ct)
    {
        var settled = sent.Where(one => one.Outcome is not SendOutcome.Unknown).OrderBy(WasNotSent).DistinctBy(one => AddressKey.From(one.Message.ContactAddress)).ToList();
        return tx.ExecuteAsync(UpdateRecipientPace, new
        {
            sender.TenantId,
            sender.Channel,
            PerMinute = sender.Limits.PerRecipientMinute,
            Addresses = settled.ConvertAll(one => AddressKey.From(one.Message.ContactAddress)).ToArray(),
            Ages = settled.ConvertAll(GetAge).ToArray(),
        }, ct);
    }

    private double? GetAge(CompletedCall sent) => WasNotSent(sent) ? null : time.GetElapsedTime(sent.AnsweredAt).TotalSeconds;
}
