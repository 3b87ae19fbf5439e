using Dapper;

namespace Microsoft.DurableTask.Store;

/// <summary>
/// The processes that share a hub. A process is dead when its beat is old and its session lock is free, or when its beat is very old:
/// the lock frees itself with the connection, the beat covers a process that hangs but keeps its connections.
/// </summary>
internal static class Workers
{
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>No step and no activity begins on a lease that was not renewed for so long.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(7);

    private const string Insert = "insert into workers (machine) values (@machine) returning id";

    private const string Touch = "update workers set beat = clock_timestamp() where id = @me";

    private const string Bury = """
        delete from workers w
        where w.id <> @me
          and (w.beat < clock_timestamp() - interval '10 seconds'
            or w.beat < clock_timestamp() - interval '3 seconds'
               and pg_try_advisory_xact_lock(hashtext(@schema), w.id::integer))
        """;

    private const string Inherit = """
        with freed as (
            update instances i
            set owner = null, epoch = epoch + 1
            where i.owner is not null and not exists (select from workers w where w.id = i.owner)
            returning 1),
        waiting as (
            update activities a
            set owner = null
            where a.owner is not null and not exists (select from workers w where w.id = a.owner)
            returning 1)
        select (select count(*) from freed) as instances, (select count(*) from waiting) as activities,
               (select count(*) from workers w where w.id <> @me) as others
        """;

    private const string Leave = """
        with gone as (delete from workers where id = @me),
        freed as (update instances set owner = null, epoch = epoch + 1 where owner = @me)
        update activities set owner = null where owner = @me
        """;

    public static async Task<long> JoinAsync(Db db, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        return await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(Insert, new { machine = Environment.MachineName }, cancellationToken: cancellation));
    }

    /// <returns>False when the others have buried this process: what it held is no longer its own.</returns>
    public static async Task<bool> BeatAsync(Db db, long me, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        return await connection.ExecuteAsync(new CommandDefinition(Touch, new { me }, cancellationToken: cancellation)) == 1;
    }

    /// <summary>Buries the dead and frees what they held.</summary>
    public static async Task<Sweep> SweepAsync(Db db, long me, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(Bury, new { me, schema = db.Schema }, cancellationToken: cancellation));
        return await connection.QuerySingleAsync<Sweep>(new CommandDefinition(Inherit, new { me }, cancellationToken: cancellation));
    }

    public static async Task LeaveAsync(Db db, long me, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(Leave, new { me }, cancellationToken: cancellation));
    }

    internal sealed record Sweep(long Instances, long Activities, long Others);
}
