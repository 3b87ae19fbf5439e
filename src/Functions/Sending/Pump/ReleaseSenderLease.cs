using Relais.Platform.Database;

namespace Relais.Sending.Pump;

/// <summary>
/// Gives a sender back and says when somebody should look again. The lease row is locked before the backlog is read,
/// so that a wake that finds the lease taken was sent for work that this read sees.
/// </summary>
internal sealed class ReleaseSenderLease(SystemDb db)
{
    private const string LockLease = """
        select 1 from sender_leases where sender_id = @SenderId and epoch = @Epoch for update
        """;

    // no greatest() here: it skips null, and where nothing waits it would say that work is due now
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
            recent_sends = array(select clock_timestamp() - make_interval(secs => age) from unnest(@Ages) with ordinality t (age, n) order by n)
        where sender_id = @SenderId and epoch = @Epoch
        """;

    /// <param name="sends">Age and units of what still fills the window.</param>
    /// <param name="setAside">Messages that could not be claimed: they are due and are no reason to come back.</param>
    /// <returns>How long until the next message is due; null: nothing waits, or the lease was lost.</returns>
    public Task<TimeSpan?> RunAsync(HeldLease lease, IReadOnlyList<(TimeSpan Age, int Units)> sends, IReadOnlyList<Guid> setAside, CancellationToken ct) =>
        db.RunAsync(async tx =>
        {
            var key = new { SenderId = lease.Sender.Id, lease.Epoch };
            if (await tx.QueryOneAsync<int?>(LockLease, key, ct) is null)
            {
                return null;
            }

            var next = await tx.QueryOneAsync<double?>(SelectNextDue, new { key.SenderId, Excluded = setAside.ToArray() }, ct);
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
