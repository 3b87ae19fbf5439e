using Dapper;
using Npgsql;

namespace Relais.Kit;

/// <summary>One row that was inserted, updated or deleted.</summary>
/// <param name="Schema">The schema of the table.</param>
/// <param name="Row">The row as JSON, as it was stored or deleted.</param>
/// <param name="Statement">The first 300 characters of the statement that changed the row.</param>
public sealed record DatabaseWrite(string Schema, string Table, string Operation, string Row, string Statement)
{
    public override string ToString() => $"{Operation} {Schema}.{Table}: {Statement.ReplaceLineEndings(" ")}";
}

/// <summary>Records every row that changes in a database, with a trigger on each table that exists at installation.</summary>
public sealed class DatabaseWrites
{
    private const string CreateTriggers = """
        create schema write_watch;
        create unlogged table write_watch.seen (
          id bigint generated always as identity, xact xid8, schema text, "table" text, operation text, "row" text, statement text);

        create function write_watch.keep() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
        begin
          insert into write_watch.seen (xact, schema, "table", operation, "row", statement)
          values (pg_current_xact_id(), tg_table_schema, tg_table_name, lower(tg_op), to_jsonb(coalesce(new, old))::text,
            left(current_query(), 300));
          return null;
        end $$;

        do $$
        declare found record;
        begin
          for found in
            select c.oid::regclass as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'leak_watch', 'write_watch')
          loop
            execute format(
              'create trigger write_watch after insert or update or delete on %s for each row execute function write_watch.keep()',
              found.name);
          end loop;
        end $$;
        """;

    // A transaction gets an id only when it writes or locks a row.
    private const string SelectNextTransaction = "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint";

    private readonly TestDatabase database;
    private long from;

    private DatabaseWrites(TestDatabase database) => this.database = database;

    /// <summary>Watches the tables that exist now. Turns off autovacuum of the whole server, because its work would be counted.</summary>
    public static async Task<DatabaseWrites> InstallAsync(TestDatabase database)
    {
        await database.ExecuteAsync(CreateTriggers);
        await SetAutovacuumAsync(database, "off");
        return new DatabaseWrites(database);
    }

    /// <summary>Deletes the recorded writes and starts counting.</summary>
    public async Task StartAsync()
    {
        await database.ExecuteAsync("truncate write_watch.seen");
        from = await database.OneAsync<long>(SelectNextTransaction);
    }

    /// <returns>The changes since the start, and how many transactions locked rows without changing one.</returns>
    public async Task<(IReadOnlyList<DatabaseWrite> Writes, long OnlyLocked)> StopAsync()
    {
        await using var connection = new NpgsqlConnection(database.Superuser);
        var until = await connection.QuerySingleAsync<long>(SelectNextTransaction);
        await SetAutovacuumAsync(database, "on");
        var writes = (await connection.QueryAsync<DatabaseWrite>("""
            select schema, "table", operation, "row", statement from write_watch.seen where xact::text::bigint < @until order by id
            """, new { until })).AsList();
        var transactions = await connection.QuerySingleAsync<long>(
            "select count(distinct xact) from write_watch.seen where xact::text::bigint < @until", new { until });
        return (writes, until - from - transactions);
    }

    private static async Task SetAutovacuumAsync(TestDatabase database, string value)
    {
        await database.ExecuteAsync($"alter system set autovacuum = {value}");
        await database.ExecuteAsync("select pg_reload_conf()");
    }
}
