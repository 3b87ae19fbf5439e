using Relais.Platform.Database;

namespace Relais.Sending.Pump;

/// <summary>
/// Releases the lease of a sender and returns when its next message is due. The lease row is locked before the backlog is read. A wake that
/// found the lease taken was therefore sent for a message that this read sees.
/// </summary>
internal sealed class ReleaseSenderLease(SystemDb db)
{
    private const string LockLease = """
        select 1 from sender_leases where sender_id = @SenderId and epoch = @Epoch for update
        """;

    // For an empty backlog min() is null, and the result must stay null. greatest(..., 0) would ignore the null and say that a message is
    // due now, so a time in the past is set to zero after the query instead.
    private const string SelectNextDue = $"""
        with {ClaimMessagesSql.SendableStreamsCte}
        select extract(epoch from min(m.due_at) - clock_timestamp())::float8
        from stream s
        cross join (values (0::smallint), (1::smallint)) as l (lane)
        cross join lateral (
          select due_at from messages
          where stream_id = s.id and lane = l.lane and status = 'pending' and id <> all(@Excluded)
          order by due_at, id
          limit 1
        ) m
        """;

    private const string ReleaseLease = """
        update sender_leases
        set lease_until = null, recent_units = @Units,
            recent_sends = array(
              select clock_timestamp() - make_interval(secs => age) from unnest(@Ages) with ordinality t (age, n) order by n)
        where sender_id = @SenderId and epoch = @Epoch
        """;

    /// <param name="sends">Age and units of each send that still counts against the pace.</param>
    /// <param name="excluded">Messages that could not be claimed. They are due, but must not wake the sender.</param>
    /// <returns>The time until the next message is due; null when none is pending or the lease was lost.</returns>
    public Task<TimeSpan?> RunAsync(
        HeldLease lease, IReadOnlyList<(TimeSpan Age, int Units)> sends, IReadOnlyList<Guid> excluded, CancellationToken ct) =>
        db.RunAsync(async tx =>
        {
            var key = new { SenderId = lease.Sender.Id, lease.Epoch };
            if (await tx.QueryOneAsync<int?>(LockLease, key, ct) is null)
            {
                return null;
            }

            var next = await tx.QueryOneAsync<double?>(SelectNextDue, new { key.SenderId, Excluded = excluded.ToArray() }, ct);
            await tx.ExecuteAsync(ReleaseLease, new
            {
                key.SenderId,
                key.Epoch,
                Ages = sends.Select(send => send.Age.TotalSeconds).ToArray(),
                Units = sends.Select(send => send.Units).ToArray(),
            }, ct);
            return next is { } seconds ? TimeSpan.FromSeconds(Math.Max(seconds, 0)) : (TimeSpan?)null;
        }, ct);
}
