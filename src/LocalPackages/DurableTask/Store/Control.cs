using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Engine;
using Npgsql;

namespace Microsoft.DurableTask.Store;

/// <summary>What a client does to an instance from outside. Each is one statement; a step under way loses its lease or sees the status.</summary>
internal static class Control
{
    private const string TerminateOne = """
        with ended as (
            update instances
            set status = 5, output = @output, owner = null, epoch = epoch + 1, updated_at = @now
            where id = @id and status in (0, 6, 7)
            returning id, life, parent_id, parent_life, parent_task),
        a as (delete from activities x using ended where x.life = ended.life),
        t as (delete from timers x using ended where x.life = ended.life),
        i as (delete from inbox x using ended where x.instance_id = ended.id),
        told as (
            insert into inbox (instance_id, life, kind, task, payload)
            select parent_id, parent_life, @kind, parent_task, @failure
            from ended
            where parent_id is not null)
        select coalesce(p.id, ended.id), p.owner
        from ended
        left join instances p on p.id = ended.parent_id
        """;

    private const string SuspendOne = """
        update instances
        set status = 7, output = @reason, updated_at = @now
        where id = @id and status in (0, 6)
        returning id, owner
        """;

    private const string ResumeOne = """
        update instances i
        set status = case when exists (select from history h where h.life = i.life) then 0 else 6 end, output = null, updated_at = @now
        where id = @id and status = 7
        returning id, owner
        """;

    private const string RaiseOne = """
        with told as (
            insert into inbox (instance_id, kind, name, payload)
            select id, @kind, @name, @payload
            from instances
            where id = @id and status in (0, 6, 7)
            returning instance_id)
        select i.id, i.owner
        from told
        join instances i on i.id = told.instance_id
        """;

    private const string StatusOf = "select status from instances where id = @id";

    private const string WatchOne = "update instances set watched = true where id = @id and status in (0, 6, 7) and not watched";

    private static readonly TaskFailureDetails Terminated = new(
        "DurableTask.Core.Exceptions.OrchestrationException", "The sub-orchestration was terminated.", null, null, null);

    /// <returns>Null when the instance is not there or has ended, for each of these.</returns>
    public static Task<Target?> TerminateAsync(Db db, string id, string? output, DateTime now, CancellationToken cancellation) =>
        OneAsync(
            db,
            batch => batch.Then(TerminateOne)
                .With("id", id)
                .With("output", output)
                .With("now", now)
                .With("kind", (short)EventKind.ChildFailed)
                .With("failure", Json.Write(Terminated)),
            cancellation);

    public static Task<Target?> SuspendAsync(Db db, string id, string? reason, DateTime now, CancellationToken cancellation) =>
        OneAsync(db, batch => batch.Then(SuspendOne).With("id", id).With("reason", reason).With("now", now), cancellation);

    public static Task<Target?> ResumeAsync(Db db, string id, DateTime now, CancellationToken cancellation) =>
        OneAsync(db, batch => batch.Then(ResumeOne).With("id", id).With("now", now), cancellation);

    public static Task<Target?> RaiseAsync(Db db, string id, string name, string? payload, CancellationToken cancellation) =>
        OneAsync(
            db,
            batch => batch.Then(RaiseOne)
                .With("id", id)
                .With("name", name)
                .With("payload", payload)
                .With("kind", (short)EventKind.EventRaised),
            cancellation);

    public static async Task<OrchestrationRuntimeStatus?> StatusAsync(Db db, string id, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(StatusOf).With("id", id);
        return await batch.ExecuteScalarAsync(cancellation) is short status ? (OrchestrationRuntimeStatus)status : null;
    }

    /// <summary>From now on the process that moves the instance on says so to all.</summary>
    public static async Task WatchAsync(Db db, string id, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(WatchOne).With("id", id);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<Target?> OneAsync(Db db, Action<NpgsqlBatch> add, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        add(batch);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetInt64(1)) : null;
    }
}
