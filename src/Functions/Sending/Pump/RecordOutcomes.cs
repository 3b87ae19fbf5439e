using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Sending.Pump;

/// <summary>One provider call that is over.</summary>
/// <param name="AnsweredAt">Timestamp of the answer: the provider had seen the request by then.</param>
internal sealed record Sent(ClaimedMessage Message, SendOutcome Outcome, long AnsweredAt);

/// <summary>Writes a group of outcomes in one transaction: moves, the recipients' pace, and early callbacks that waited for the SID.</summary>
internal sealed class RecordOutcomes(SystemDb db, TimeProvider time, Random random)
{
    private const string SettlePace = """
        update recipient_pace r
        set in_flight_until = null,
            recent = case when s.age is null then r.recent
              else (r.recent || (clock_timestamp() - make_interval(secs => s.age)))[greatest(1, cardinality(r.recent) + 2 - @PerMinute):] end
        from (
          select s.address, s.age from unnest(@Addresses, @Ages) as s (address, age)
          join recipient_pace p on p.tenant_id = @TenantId and p.channel = @Channel and p.address = s.address
          order by s.address for update of p
        ) s
        where r.tenant_id = @TenantId and r.channel = @Channel and r.address = s.address
        """;

    // what never left took nothing of the tenant's day
    private const string GiveDayBack = """
        update tenant_pace_buckets set attempts = greatest(attempts - @Count, 0)
        where tenant_id = @TenantId and bucket_at = (select max(bucket_at) from tenant_pace_buckets where tenant_id = @TenantId)
        """;

    /// <returns>Messages that wait for a retry, each with its instant.</returns>
    public async Task<IReadOnlyList<Moved>> RunAsync(SenderInfo sender, IReadOnlyList<Sent> sent, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var decisions = sent.Select(one => AfterSend.Decide(
            one.Message.Id, one.Message.Attempt, one.Message.Failures, one.Message.InCampaign, one.Outcome, now, random.NextDouble())).ToList();
        var settled = sent.Where(one => one.Outcome is not SendOutcome.Unknown).ToList();
        return await db.RunAsync(async tx =>
        {
            var moved = await ApplyDecisions.RunAsync(tx, decisions, now, ct);
            await tx.ExecuteAsync(SettlePace, new
            {
                sender.TenantId,
                sender.Channel,
                PerMinute = sender.Limits.PerRecipientMinute,
                Addresses = settled.Select(one => AddressKey.Of(one.Message.ContactAddress)).ToArray(),
                Ages = settled.Select(one => one.Outcome is SendOutcome.NotSent or SendOutcome.Released ? (double?)null : time.GetElapsedTime(one.AnsweredAt).TotalSeconds).ToArray(),
            }, ct);
            var unused = sent.Count(one => one.Outcome is SendOutcome.NotSent or SendOutcome.Released);
            if (unused > 0)
            {
                await tx.ExecuteAsync(GiveDayBack, new { sender.TenantId, Count = unused }, ct);
            }

            var sids = sent.Select(one => (one.Outcome as SendOutcome.Accepted)?.Sid).OfType<string>().ToArray();
            moved.AddRange(await EarlyStatuses.ApplyAsync(tx, sids, now, random, ct));
            return moved.Where(move => move.Status == "retry").ToList();
        }, ct);
    }
}
