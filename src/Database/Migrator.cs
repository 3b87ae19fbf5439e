using Npgsql;

namespace Relais.Database;

/// <summary>Applies what is missing, in order, one transaction each. Safe to start from several processes at once.</summary>
public static class Migrator
{
    private const long MigrationLockKey = 0x52454C414953; // "RELAIS"

    private const string CreateTable = """
        create table if not exists schema_migrations (
            number int primary key,
            name text not null,
            hash text not null,
            applied_at timestamptz not null default now()
        )
        """;

    private const string InsertApplied = "insert into schema_migrations (number, name, hash) values ($1, $2, $3)";

    private sealed record AppliedMigration(string Name, string Hash);

    /// <summary>Migrates the database to the newest embedded migration and tells how many were applied.</summary>
    public static Task<int> MigrateAsync(string ownerConnectionString, CancellationToken ct = default) =>
        MigrateAsync(ownerConnectionString, Migration.ReadEmbedded(), ct);

    public static async Task<int> MigrateAsync(string ownerConnectionString, IReadOnlyList<Migration> migrations, CancellationToken ct = default)
    {
        // no pool: the session lock ends with the connection
        var settings = new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false, CommandTimeout = 0 };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        await RunAsync(connection, $"select pg_advisory_lock({MigrationLockKey})", ct);
        await RunAsync(connection, "set client_min_messages = warning", ct);
        await RunAsync(connection, CreateTable, ct);

        var missing = FindMissing(migrations, await ReadAppliedAsync(connection, ct));
        foreach (var migration in missing)
        {
            await ApplyAsync(connection, migration, ct);
        }

        return missing.Count;
    }

    private static List<Migration> FindMissing(IReadOnlyList<Migration> migrations, Dictionary<int, AppliedMigration> applied)
    {
        var ordered = Migration.SortAndCheck(migrations);
        foreach (var migration in ordered)
        {
            if (applied.TryGetValue(migration.Number, out var done) && done.Hash != migration.Hash)
            {
                throw new MigrationException($"{migration.Name}: changed after it was applied (as {done.Name}); write a new migration instead");
            }
        }

        var last = applied.Keys.DefaultIfEmpty().Max();
        if (last > ordered.Count)
        {
            throw new MigrationException($"{applied[last].Name}: applied to this database, but this program ends at {ordered.Count:D4}; it is older than the database");
        }

        var missing = ordered.Where(migration => !applied.ContainsKey(migration.Number)).ToList();
        return missing is [var first, ..] && first.Number < last
            ? throw new MigrationException($"{first.Name}: not applied, though {applied[last].Name} is")
            : missing;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        foreach (var statement in SqlScript.Split(migration.Sql))
        {
            try
            {
                await RunAsync(connection, statement.Text, ct);
            }
            catch (PostgresException e)
            {
                var place = SqlScript.DescribePosition(migration.Sql, statement, e.Position);
                throw new MigrationException($"{migration.Name}, {place}: {e.MessageText} ({e.SqlState}){Hint(e)}", e);
            }
        }

        await using var record = new NpgsqlCommand(InsertApplied, connection)
        {
            Parameters = { new() { Value = migration.Number }, new() { Value = migration.Name }, new() { Value = migration.Hash } },
        };
        await record.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private static string Hint(PostgresException e) =>
        string.Concat(new[] { e.Detail, e.Hint, e.Where }.Where(text => !string.IsNullOrEmpty(text)).Select(text => $"\n  {text}"));

    private static async Task<Dictionary<int, AppliedMigration>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select number, name, hash from schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var applied = new Dictionary<int, AppliedMigration>();
        while (await reader.ReadAsync(ct))
        {
            applied.Add(reader.GetInt32(0), new AppliedMigration(reader.GetString(1), reader.GetString(2)));
        }

        return applied;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
