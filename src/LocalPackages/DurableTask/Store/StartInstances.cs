using Npgsql;

namespace Microsoft.DurableTask.Store;

/// <summary>A run to begin.</summary>
internal sealed record NewRun(string Id, Guid Life, string Name, string Version, string? Input)
{
    public string? Tags { get; init; }

    public DateTime? StartAt { get; init; }

    /// <summary>Number of the parent's decision.</summary>
    public int? ParentTask { get; init; }
}

/// <summary>Starts runs: new ids, and ids whose instance is finished. Others are refused, silently for the caller to find out.</summary>
internal static class StartInstances
{
    private const string Sql = """
        with wanted as (
            select *
            from unnest(@ids, @lives, @names, @versions, @inputs, @tags, @starts, @tasks)
                as w(id, life, name, version, input, tags, start_at, task)),
        old as (
            select i.id, i.life
            from instances i
            where i.id = any(@ids) and i.status in (1, 3, 5) and not i.status = any(@kept)
            order by i.id
            for update),
        history_gone as (delete from history h using old where h.life = old.life),
        inbox_gone as (delete from inbox b using old where b.instance_id = old.id),
        replaced as (
            update instances i
            set life = w.life, name = w.name, version = w.version, status = 6, input = w.input, output = null, custom_status = null,
                tags = w.tags, parent_id = @parent, parent_life = @parentLife, parent_name = @parentName, parent_task = w.task,
                created_at = @now, updated_at = @now, start_at = w.start_at, owner = null, epoch = i.epoch + 1, watched = false
            from old
            join wanted w on w.id = old.id
            where i.id = old.id
            returning i.id),
        fresh as (
            insert into instances (
                id, life, name, version, status, input, tags, parent_id, parent_life, parent_name, parent_task, created_at, updated_at, start_at)
            select w.id, w.life, w.name, w.version, 6, w.input, w.tags, @parent, @parentLife, @parentName, w.task, @now, @now, w.start_at
            from wanted w
            where w.id not in (select old.id from old)
            order by w.id
            on conflict (id) do nothing
            returning id),
        begun as (select id from replaced union all select id from fresh),
        alarms as (
            insert into timers (life, task, instance_id, fire_at)
            select w.life, -1, w.id, w.start_at
            from wanted w
            join begun on begun.id = w.id
            where w.start_at > @now)
        select id from begun
        """;

    /// <param name="kept">Finished statuses in which an instance must not be replaced.</param>
    public static NpgsqlBatchCommand Then(NpgsqlBatch batch, NewRun[] runs, Lease? parent, short[] kept, DateTime now) => batch.Then(Sql)
        .With("ids", runs.Select(r => r.Id).ToArray())
        .With("lives", runs.Select(r => r.Life).ToArray())
        .With("names", runs.Select(r => r.Name).ToArray())
        .With("versions", runs.Select(r => r.Version).ToArray())
        .With("inputs", runs.Select(r => r.Input).ToArray())
        .With("tags", runs.Select(r => r.Tags).ToArray())
        .With("starts", runs.Select(r => r.StartAt).ToArray())
        .With("tasks", runs.Select(r => r.ParentTask).ToArray())
        .With("kept", kept)
        .With("parent", parent?.Id)
        .With("parentLife", parent?.Life)
        .With("parentName", parent?.Name)
        .With("now", now);

    public static async Task<bool> OneAsync(Db db, NewRun run, short[] kept, DateTime now, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        Then(batch, [run], null, kept, now);
        return await batch.ExecuteScalarAsync(cancellation) is not null;
    }
}
