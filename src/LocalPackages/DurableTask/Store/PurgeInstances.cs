using Microsoft.DurableTask.Client;
using Npgsql;

namespace Microsoft.DurableTask.Store;

/// <summary>Removes finished instances with all that is left of them.</summary>
internal static class PurgeInstances
{
    private const int AtOnce = 500;

    private const string Purge = """
        with chosen as (
            select id, life
            from instances
            where status in (1, 3, 5)
              and (@id is null or id = @id)
              and (@from is null or created_at >= @from)
              and (@to is null or created_at <= @to)
              and (@statuses is null or status = any(@statuses))
            limit @most
            for update skip locked),
        h as (delete from history x using chosen where x.life = chosen.life),
        b as (delete from inbox x using chosen where x.instance_id = chosen.id)
        delete from instances i using chosen where i.id = chosen.id
        """;

    public static Task<int> OneAsync(Db db, string id, CancellationToken cancellation) =>
        ExecuteAsync(db, id, new PurgeInstancesFilter(), cancellation);

    public static async Task<int> AllAsync(Db db, PurgeInstancesFilter filter, CancellationToken cancellation)
    {
        var total = 0;
        int removed;
        do
        {
            removed = await ExecuteAsync(db, null, filter, cancellation);
            total += removed;
        }
        while (removed == AtOnce);
        return total;
    }

    private static async Task<int> ExecuteAsync(Db db, string? id, PurgeInstancesFilter filter, CancellationToken cancellation)
    {
        await using var connection = await db.OpenAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.Then(Purge)
            .With("id", id)
            .With("from", filter.CreatedFrom?.UtcDateTime)
            .With("to", filter.CreatedTo?.UtcDateTime)
            .With("statuses", filter.Statuses?.Select(status => (short)status).ToArray())
            .With("most", AtOnce);
        return await batch.ExecuteNonQueryAsync(cancellation);
    }
}
