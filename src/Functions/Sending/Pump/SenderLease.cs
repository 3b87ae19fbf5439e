using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Sending.Pump;

/// <summary>A lease held, and what the database's clock said when it was taken.</summary>
/// <param name="RecentSends">Ages of the sends that still fill the window, with their units.</param>
/// <param name="HasUnknownOutcomes">The holder before left messages whose outcome nobody knows.</param>
/// <param name="TakenAt">Timestamp of the ages.</param>
internal sealed record HeldLease(
    SenderConnection Sender, long Epoch, IReadOnlyList<(TimeSpan Age, int Units)> RecentSends, bool HasUnknownOutcomes, long TakenAt);

/// <summary>One pump per sender. A crashed holder is replaced when its lease runs out; the epoch shuts it out for good.</summary>
internal sealed partial class SenderLease(SystemDb db, SenderConnections senders, TimeProvider time, ILogger<SenderLease> log)
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(15);

    private const string InsertLeaseRows = """
        insert into sender_leases (sender_id, tenant_id) values (@SenderId, @TenantId) on conflict do nothing;
        insert into tenant_pace (tenant_id) values (@TenantId) on conflict do nothing;
        """;

    // a lease that was not given back may have sent until its last moment: it counts as a full window
    private const string AcquireLease = """
        with free as (
          select sender_id, lease_until, recent_sends, recent_units
          from sender_leases
          where sender_id = @SenderId and (lease_until is null or lease_until <= clock_timestamp())
          for update
        )
        update sender_leases l
        set epoch = l.epoch + 1, lease_until = clock_timestamp() + @Length
        from free f
        where l.sender_id = f.sender_id
        returning l.epoch, f.lease_until is not null as abandoned,
          array(select extract(epoch from clock_timestamp() - t.at)::float8 from unnest(f.recent_sends) with ordinality t (at, n) order by n) as ages,
          f.recent_units as units, coalesce(extract(epoch from clock_timestamp() - f.lease_until), 0)::float8 as expired_for
        """;

    private const string SelectInterrupted = """
        select id from messages where sender_id = @SenderId and status = 'claimed' and claim_epoch < @Epoch
        """;

    private const string MarkInterruptedUnknown = """
        update messages
        set status = 'unknown', error_code = 'interrupted'
        where id = any(@Ids) and status = 'claimed' and claim_epoch < @Epoch
        """;

    private const string ExtendLease = """
        update sender_leases set lease_until = clock_timestamp() + @Length
        where sender_id = @SenderId and epoch = @Epoch and lease_until > clock_timestamp()
        """;

    /// <returns>Null when another pump holds the sender, or it is parked or gone.</returns>
    public async Task<HeldLease?> TryAcquireAsync(Guid senderId, CancellationToken ct)
    {
        var (lease, leftBehind) = await db.RunAsync(tx => TryAcquireAsync(tx, senderId, ct), ct);
        if (lease is not null)
        {
            await MarkInterruptedUnknownAsync(lease, leftBehind, ct);
        }

        return lease;
    }

    public async Task<bool> RenewAsync(HeldLease lease, CancellationToken ct) =>
        await db.RunAsync(tx => tx.ExecuteAsync(ExtendLease, new { SenderId = lease.Sender.Id, lease.Epoch, Length }, ct), ct) == 1;

    private async Task<(HeldLease? Lease, List<Guid> SelectInterrupted)> TryAcquireAsync(NpgsqlTransaction tx, Guid senderId, CancellationToken ct)
    {
        var sender = await senders.FindAsync(tx, senderId, ct);
        if (sender is not { Parked: false })
        {
            return (null, []);
        }

        await tx.ExecuteAsync(InsertLeaseRows, new { SenderId = senderId, sender.TenantId }, ct);
        var taken = await tx.QueryOneAsync<TakenRow>(AcquireLease, new { SenderId = senderId, Length }, ct);
        if (taken is null)
        {
            return (null, []);
        }

        var leftBehind = await tx.QueryAsync<Guid>(SelectInterrupted, new { SenderId = senderId, taken.Epoch }, ct);
        return (new HeldLease(sender, taken.Epoch, Recent(taken, sender.Limits), leftBehind.Count > 0, time.GetTimestamp()), leftBehind);
    }

    /// <summary>After the lease is taken, so that a message that cannot be changed does not keep the sender from its other messages.</summary>
    private Task MarkInterruptedUnknownAsync(HeldLease lease, List<Guid> leftBehind, CancellationToken ct) => BisectFailures.RunGroupAsync(
        leftBehind,
        ids => db.RunAsync(tx => tx.ExecuteAsync(MarkInterruptedUnknown, new { Ids = ids.ToArray(), lease.Epoch }, ct), ct),
        (id, failure) =>
        {
            Log.NotTakenOver(log, failure, id);
            return Task.CompletedTask;
        },
        ct);

    private static List<(TimeSpan, int)> Recent(TakenRow taken, SenderLimits limits)
    {
        var recent = taken.Ages.Zip(taken.Units, (age, units) => (TimeSpan.FromSeconds(age), units)).ToList();
        if (taken.Abandoned)
        {
            recent.Add((TimeSpan.FromSeconds(taken.ExpiredFor), limits.Units));
        }

        return recent;
    }

    private sealed record TakenRow
    {
        public required long Epoch { get; init; }
        public required bool Abandoned { get; init; }
        public required double[] Ages { get; init; }
        public required int[] Units { get; init; }
        public required double ExpiredFor { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Message {MessageId} was left claimed and could not become unknown: the next pump tries again")]
        public static partial void NotTakenOver(ILogger log, Exception failure, Guid messageId);
    }
}
