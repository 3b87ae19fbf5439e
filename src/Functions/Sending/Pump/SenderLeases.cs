using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;

namespace Relais.Sending.Pump;

/// <summary>
/// Lets one pump at a time work on a sender. A crashed holder is replaced when its lease expires. If the old holder is still alive, it
/// cannot claim messages any more, because its epoch is outdated.
/// </summary>
internal sealed partial class SenderLeases(SystemDb db, SenderConnections senders, TimeProvider time, ILogger<SenderLeases> log)
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(15);

    /// <returns>Null when another pump holds the lease, or the sender is parked, has no account or cannot be loaded.</returns>
    public async Task<HeldLease?> TryAcquireAsync(Guid senderId, CancellationToken ct)
    {
        var (lease, interrupted) = await db.RunAsync(tx => TryAcquireAsync(tx, senderId, ct), ct);
        if (lease is not null)
        {
            await MarkInterruptedUnknownAsync(lease, interrupted, ct);
        }

        return lease;
    }

    /// <returns>False when the lease has expired or belongs to another pump.</returns>
    public async Task<bool> RenewAsync(HeldLease lease, CancellationToken ct) =>
        await db.RunAsync(
            tx => tx.ExecuteAsync(SenderLeaseSql.ExtendLease, new { SenderId = lease.Sender.Id, lease.Epoch, Length }, ct), ct) == 1;

    private async Task<(HeldLease? Lease, List<Guid> Interrupted)> TryAcquireAsync(
        NpgsqlTransaction tx, Guid senderId, CancellationToken ct)
    {
        var sender = await senders.FindAsync(tx, senderId, ct);
        if (sender is not { Parked: false })
        {
            return (null, []);
        }

        await tx.ExecuteAsync(SenderLeaseSql.InsertLeaseRows, new { SenderId = senderId, sender.TenantId }, ct);
        var acquired = await tx.QueryOneAsync<AcquiredRow>(SenderLeaseSql.AcquireLease, new { SenderId = senderId, Length }, ct);
        if (acquired is null)
        {
            return (null, []);
        }

        var interrupted = await tx.QueryAsync<Guid>(SenderLeaseSql.SelectInterrupted, new { SenderId = senderId, acquired.Epoch }, ct);
        var recentSends = RecentSends(acquired, sender.Limits);
        return (new HeldLease(sender, acquired.Epoch, recentSends, interrupted.Count > 0, time.GetTimestamp()), interrupted);
    }

    /// <summary>
    /// Runs after the lease is committed, so that a message that cannot be updated does not block the sender's other messages.
    /// </summary>
    private Task MarkInterruptedUnknownAsync(HeldLease lease, List<Guid> interrupted, CancellationToken ct) => BisectFailures.RunGroupAsync(
        interrupted,
        ids => db.RunAsync(tx => tx.ExecuteAsync(SenderLeaseSql.MarkInterruptedUnknown, new { Ids = ids.ToArray(), lease.Epoch }, ct), ct),
        (id, failure) =>
        {
            Log.MarkUnknownFailed(log, failure, id);
            return Task.CompletedTask;
        },
        ct);

    private static List<(TimeSpan, int)> RecentSends(AcquiredRow acquired, SenderLimits limits)
    {
        var sends = acquired.Ages.Zip(acquired.Units, (age, units) => (TimeSpan.FromSeconds(age), units)).ToList();
        if (acquired.Abandoned)
        {
            sends.Add((TimeSpan.FromSeconds(acquired.ExpiredFor), limits.Units));
        }

        return sends;
    }

    private sealed record AcquiredRow
    {
        public required long Epoch { get; init; }
        public required bool Abandoned { get; init; }
        public required double[] Ages { get; init; }
        public required int[] Units { get; init; }
        public required double ExpiredFor { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Message {MessageId} of a crashed pump could not be marked unknown: the next pump tries again")]
        public static partial void MarkUnknownFailed(ILogger log, Exception failure, Guid messageId);
    }
}
