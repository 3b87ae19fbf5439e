using Npgsql;
using Relais.Platform.Database;

namespace Relais.Sending.Pump;

/// <summary>
/// Commits the decision to send before anything is sent. One statement selects the next due messages of the sender's streams and decides on
/// each: claim it, postpone it with a reason, or end it. The statement checks opt-outs, campaign status, expiry and the recipient's pace.
/// The tenant's daily quota is checked before, under a lock.
/// </summary>
internal sealed class ClaimMessages(SystemDb db)
{
    /// <summary>A claimed message is sent within this time, or its claim is returned.</summary>
    public static readonly TimeSpan SendDeadline = TimeSpan.FromSeconds(10);

    private const string ExtendLease = """
        update sender_leases set lease_until = clock_timestamp() + @Length
        where sender_id = @SenderId and epoch = @Epoch and lease_until > clock_timestamp()
        returning (select parked_until > clock_timestamp() from senders where id = @SenderId) as parked,
          (select retired_at is not null from senders where id = @SenderId) as retired
        """;

    public Task<Claim> RunAsync(HeldLease lease, int limit, CancellationToken ct) => RunAsync(lease, limit, [], null, ct);

    /// <param name="lease">The lease of the sender; the claim renews it.</param>
    /// <param name="limit">The maximum number of messages.</param>
    /// <param name="excluded">Messages that are not claimed.</param>
    /// <param name="only">The messages to choose from; null: all messages.</param>
    public Task<Claim> RunAsync(HeldLease lease, int limit, Guid[] excluded, Guid[]? only, CancellationToken ct) => db.RunAsync(async tx =>
    {
        var sender = lease.Sender;
        var renewed = await tx.QueryOneAsync<LeaseRow>(ExtendLease, new { SenderId = sender.Id, lease.Epoch, SenderLeases.Length }, ct);
        if (renewed is null)
        {
            return new Claim([], 0, null, LeaseLost: true);
        }

        if (renewed.Parked == true)
        {
            return new Claim([], 0, null, LeaseLost: false);
        }

        var quota = await DailyQuota.LockAsync(tx, sender.TenantId, ct);
        if (quota is null || quota.Left <= 0)
        {
            return new Claim([], 0, TimeSpan.FromSeconds(quota?.FreeIn ?? 3600), LeaseLost: false);
        }

        return await ClaimAsync(tx, lease, (int)Math.Min(limit, quota.Left), renewed.Retired, excluded, only, ct);
    }, ct);

    /// <returns>The messages that a claim would examine; nothing is claimed.</returns>
    public Task<List<Guid>> SelectCandidatesAsync(HeldLease lease, int limit, Guid[] excluded, CancellationToken ct) => db.RunAsync(
        tx => tx.QueryAsync<Guid>(
            ClaimMessagesSql.SelectCandidates, new { SenderId = lease.Sender.Id, Limit = limit, Excluded = excluded }, ct),
        ct);

    /// <param name="retired">The sender is retired: due messages fail instead of being claimed.</param>
    private static async Task<Claim> ClaimAsync(
        NpgsqlTransaction tx, HeldLease lease, int limit, bool retired, Guid[] excluded, Guid[]? only, CancellationToken ct)
    {
        var sender = lease.Sender;
        var examined = await tx.QueryAsync<ExaminedMessage>(ClaimMessagesSql.ClaimMessages, new
        {
            SenderId = sender.Id,
            sender.TenantId,
            sender.Channel,
            lease.Epoch,
            Limit = limit,
            Retired = retired,
            Excluded = excluded,
            Only = only,
            Spacing = sender.Limits.RecipientSpacing,
            PerMinute = sender.Limits.PerRecipientMinute,
            InFlight = SendDeadline * 3,
        }, ct);
        var claimed = examined.Where(row => row.Decision == MessageStatus.Claimed).Select(row => row.ToMessage()).ToList();
        if (claimed.Count > 0)
        {
            await DailyQuota.UseAsync(tx, sender.TenantId, claimed.Count, ct);
        }

        return new Claim(claimed, examined.Count, null, LeaseLost: false);
    }

    private sealed record LeaseRow
    {
        public bool? Parked { get; init; }
        public required bool Retired { get; init; }
    }
}
