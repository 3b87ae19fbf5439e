using Npgsql;

namespace Microsoft.DurableTask.Store;

internal static class Activities
{
    private const string Claim = """
        with next as (
            select life, task
            from activities
            where owner is null
            order by seq
            limit @most
            for update skip locked)
        update activities a
        set owner = @me
        from next
        where a.life = next.life and a.task = next.task
        returning a.life, a.task, a.instance_id, a.name, a.input
        """;

    // Deleting the row is what makes the result count: once, and only for the process that still owns it.
    private const string End = """
        with ended as (
            delete from activities
            where life = @life and task = @task and owner = @me
            returning instance_id, life, task),
        told as (
            insert into inbox (instance_id, life, kind, task, payload)
            select instance_id, life, @kind, task, @payload
            from ended)
        select i.id, i.owner
        from ended
        join instances i on i.id = ended.instance_id
        """;

    private const string Release = """
        update activities
        set owner = null
        where owner = @me and life = @life and not task = any(@running)
        """;

    private const string ReleaseUnknown = """
        update activities a
        set owner = null
        where a.owner = @me
          and not exists (select from unnest(@lives, @tasks) as known(life, task) where known.life = a.life and known.task = a.task)
        """;

    /// <summary>Gives back what a claim took whose answer never came.</summary>
    public static async Task ReleaseUnknownAsync(Db db, long me, (Guid Life, int Task)[] known, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(ReleaseUnknown)
            .With("me", me)
            .With("lives", known.Select(k => k.Life).ToArray())
            .With("tasks", known.Select(k => k.Task).ToArray());
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task<List<ActivityWork>> ClaimAsync(Db db, long me, int most, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(Claim).With("me", me).With("most", most);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var claimed = new List<ActivityWork>();
        while (await reader.ReadAsync(cancellation))
        {
            claimed.Add(new(reader.GetGuid(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.TextOrNull(4), me));
        }

        return claimed;
    }

    /// <summary>Hands a result to an instance that is not held by this process.</summary>
    /// <returns>Null when the result no longer counts.</returns>
    public static async Task<Target?> EndAsync(Db db, Ending ending, CancellationToken cancellation)
    {
        var work = ending.Work;
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(End)
            .With("life", work.Life)
            .With("task", work.Task)
            .With("me", work.Owner)
            .With("kind", (short)ending.Kind)
            .With("payload", ending.Payload);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetInt64(1)) : null;
    }

    /// <summary>Gives back what a step reserved for this process when nobody knows whether the step was committed.</summary>
    public static async Task ReleaseAsync(Db db, long me, Guid life, int[] running, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(Release).With("me", me).With("life", life).With("running", running);
        await batch.ExecuteNonQueryAsync(cancellation);
    }
}
