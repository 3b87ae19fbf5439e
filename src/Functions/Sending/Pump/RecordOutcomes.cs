using Npgsql;
using Relais.Channels;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Sending.Pump;

/// <summary>A completed provider call.</summary>
/// <param name="Message">The message that was sent.</param>
/// <param name="Outcome">The outcome of the call.</param>
/// <param name="AnsweredAt">The timestamp of the answer. The provider had received the request by then.</param>
internal sealed record CompletedCall(OutboundMessage Message, SendOutcome Outcome, long AnsweredAt);

/// <summary>
/// Writes a group of outcomes in one transaction: the status transitions, the pace of the recipients, and the status reports that arrived
/// before the SIDs were stored.
/// </summary>
internal sealed class RecordOutcomes(SystemDb db, TimeProvider time, Random random)
{
    // Another transaction, such as an erasure, may hold the lock of one row. The group waits for it no longer than this.
    private const string SetLockTimeout = "set local lock_timeout = '3s'";

    // Each row is read and written by its whole key, so that no plan joins all recipients of a tenant. The rows are locked in the order of
    // their addresses, as in a claim. A row that was deleted meanwhile is not created again.
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

    // Messages that were not sent do not count against the tenant's daily quota.
    private const string ReturnDailyQuota = """
        update tenant_pace_buckets set attempts = greatest(attempts - @Count, 0)
        where tenant_id = @TenantId and bucket_at = (select max(bucket_at) from tenant_pace_buckets where tenant_id = @TenantId)
        """;

    /// <returns>The messages that wait for a retry, each with the time at which it is due.</returns>
    public async Task<IReadOnlyList<AppliedTransition>> RunAsync(
        SenderConnection sender, IReadOnlyList<CompletedCall> calls, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var decisions = calls.Select(call => SendOutcomePolicy.Decide(
            call.Message.Id, call.Message.Attempt, call.Message.Failures, call.Message.CampaignCanPause, call.Outcome,
            now, random.NextDouble()))
            .ToList();
        var notSentIds = calls.Where(WasNotSent).Select(call => call.Message.Id).ToHashSet();
        return await db.RunAsync(async tx =>
        {
            await tx.ExecuteAsync(SetLockTimeout, null, ct);
            var applied = await ApplySendDecisions.RunAsync(tx, decisions, now, ct);
            await UpdateRecipientPaceAsync(tx, sender, calls, ct);
            // Only transitions that changed a message count. If the answer to the commit is lost and the group is written again, the quota
            // is not returned twice.
            var notSent = applied.Count(transition => notSentIds.Contains(transition.Id));
            if (notSent > 0)
            {
                await tx.ExecuteAsync(ReturnDailyQuota, new { sender.TenantId, Count = notSent }, ct);
            }

            var sids = calls.Select(call => (call.Outcome as SendOutcome.Accepted)?.Sid).OfType<string>().ToArray();
            applied.AddRange(await UnmatchedStatusReports.ApplyAsync(tx, sids, now, random, ct));
            return applied.Where(transition => transition.WaitsForRetry).ToList();
        }, ct);
    }

    private static bool WasNotSent(CompletedCall call) => call.Outcome is SendOutcome.NotSent or SendOutcome.SendDeadlinePassed;

    private Task<int> UpdateRecipientPaceAsync(
        NpgsqlTransaction tx, SenderConnection sender, IEnumerable<CompletedCall> calls, CancellationToken ct)
    {
        var resolved = calls.Where(call => call.Outcome is not SendOutcome.Unknown)
            .OrderBy(WasNotSent)
            .DistinctBy(call => AddressKey.From(call.Message.ContactAddress))
            .ToList();
        return tx.ExecuteAsync(UpdateRecipientPace, new
        {
            sender.TenantId,
            sender.Channel,
            PerMinute = sender.Limits.PerRecipientMinute,
            Addresses = resolved.ConvertAll(call => AddressKey.From(call.Message.ContactAddress)).ToArray(),
            Ages = resolved.ConvertAll(GetAge).ToArray(),
        }, ct);
    }

    /// <returns>Seconds since the answer; null when the message was not sent.</returns>
    private double? GetAge(CompletedCall call) => WasNotSent(call) ? null : time.GetElapsedTime(call.AnsweredAt).TotalSeconds;
}
