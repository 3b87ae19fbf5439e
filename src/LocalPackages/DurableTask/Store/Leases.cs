using Microsoft.DurableTask.Client;
using Npgsql;

namespace Microsoft.DurableTask.Store;

internal static class Leases
{
    private const string StillMine = """
        select status
        from instances
        where id = @id and life = @life and owner = @me and epoch = @epoch
        """;

    private const string ReleaseOne = """
        update instances
        set owner = null, epoch = epoch + 1
        where id = @id and owner = @me and epoch = @epoch
        """;

    private const string ReleaseUnknown = """
        update instances
        set owner = null, epoch = epoch + 1
        where owner = @me and not id = any(@known)
        """;

    private const string DropStale = "delete from inbox where instance_id = @id and seq = any(@seqs)";

    private const string Scan = """
        (select distinct b.instance_id
         from inbox b
         join instances i on i.id = b.instance_id
         where i.status = 0 and (i.owner is null or i.owner = @me)
         limit @most)
        union all
        (select id
         from instances
         where status = 6 and owner is null and coalesce(start_at, created_at) <= @now
         order by coalesce(start_at, created_at)
         limit @most)
        """;

    /// <returns>Null when the lease is gone; no messages when the instance is suspended.</returns>
    public static async Task<(OrchestrationRuntimeStatus Status, List<Message> Messages)?> ReadInboxAsync(
        Db db, Lease lease, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        OrchestrationRuntimeStatus status;
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.Then(StillMine).With("id", lease.Id).With("life", lease.Life).With("me", lease.Owner).With("epoch", lease.Epoch);
            if (await batch.ExecuteScalarAsync(cancellation) is not short number)
            {
                return null;
            }

            status = (OrchestrationRuntimeStatus)number;
        }

        return (status, status == OrchestrationRuntimeStatus.Suspended
            ? []
            : await ClaimInstances.InboxAsync(connection, lease.Id, cancellation));
    }

    public static async Task ReleaseAsync(Db db, Lease lease, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(ReleaseOne).With("id", lease.Id).With("me", lease.Owner).With("epoch", lease.Epoch);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Gives back what a claim took whose answer never came.</summary>
    public static async Task ReleaseUnknownAsync(Db db, long me, string[] known, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(ReleaseUnknown).With("me", me).With("known", known);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Removes news that can no longer matter: of an earlier run, or of a task that has ended.</summary>
    public static async Task DropAsync(Db db, string id, long[] seqs, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(DropStale).With("id", id).With("seqs", seqs);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Instances with something to do, in case a wake-up was lost.</summary>
    public static async Task<List<string>> ScanAsync(Db db, long me, int most, DateTime now, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(Scan).With("me", me).With("most", most).With("now", now);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var found = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }
}
