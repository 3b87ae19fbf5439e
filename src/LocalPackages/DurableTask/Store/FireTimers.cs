using Microsoft.DurableTask.Engine;
using Npgsql;

namespace Microsoft.DurableTask.Store;

/// <summary>Turns due timers into news for their instances.</summary>
internal static class FireTimers
{
    public const int AtOnce = 500;

    // A start that was put off has task -1: its instance has no run yet that could get news.
    private const string Fire = """
        with due as (
            select life, task
            from timers
            where fire_at <= @now
            order by fire_at
            limit @most
            for update skip locked),
        fired as (
            delete from timers t using due where t.life = due.life and t.task = due.task
            returning t.instance_id, t.life, t.task, t.fire_at),
        told as (
            insert into inbox (instance_id, life, kind, task)
            select instance_id, life, @kind, task
            from fired
            where task >= 0
            order by fire_at)
        select instance_id from fired
        """;

    private const string Next = "select min(fire_at) from timers";

    public static async Task<(List<string> Fired, DateTime? Next)> ExecuteAsync(Db db, DateTime now, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(Fire).With("now", now).With("most", AtOnce).With("kind", (short)EventKind.TimerFired);
        batch.Then(Next);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var fired = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            fired.Add(reader.GetString(0));
        }

        await reader.NextResultAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (fired, reader.IsDBNull(0) ? null : reader.GetDateTime(0));
    }
}
