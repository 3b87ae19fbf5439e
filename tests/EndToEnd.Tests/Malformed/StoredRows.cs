using Dapper;
using Npgsql;
using Relais.Kit;

namespace EndToEnd.Tests.Malformed;

/// <summary>Reads a count and a checksum of every table of the database.</summary>
internal static class StoredRows
{
    private const string Tables = """
        select format('%I.%I', schemaname, tablename)
        from pg_tables
        where schemaname not in ('pg_catalog', 'information_schema')
        order by 1
        """;

    /// <returns>By schema and table, such as "12 rows, d41d8cd9…".</returns>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.Superuser);
        var stored = new Dictionary<string, string>();
        foreach (var table in (await connection.QueryAsync<string>(Tables)))
        {
            stored[table] = await connection.QuerySingleAsync<string>(
                $"select count(*) || ' rows, ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), 'none') from {table} t");
        }

        return stored;
    }

    /// <summary>Reads up to five ids of each table.</summary>
    public static async Task<IReadOnlyList<Guid>> IdsAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.Superuser);
        var tables = await connection.QueryAsync<string>(
            "select format('%I', table_name) from information_schema.columns where table_schema = 'public' and column_name = 'id' " +
            "and data_type = 'uuid' order by 1");
        var ids = new List<Guid>();
        foreach (var table in tables)
        {
            ids.AddRange(await connection.QueryAsync<Guid>($"select id from {table} order by id limit 5"));
        }

        return ids;
    }
}
