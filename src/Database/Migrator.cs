using Npgsql;

namespace Relais.Database;

/// <summary>
/// Applies the missing migrations in order, each in its own transaction. An advisory lock makes concurrent processes wait for each other.
/// </summary>
public static class Migrator
{
    private const long MigrationLockKey = 0x52454C414953; // "RELAIS"

    private const string CreateMigrationsTable = """
        create table if not exists schema_migrations (
            number int primary key,
            name text not null,
            hash text not null,
            applied_at timestamptz not null default now()
        )
        """;

    private const string InsertAppliedMigration = "insert into schema_migrations (number, name, hash) values ($1, $2, $3)";

    private sealed record AppliedMigration(string Name, string Hash);

    /// <summary>Applies the embedded migrations that the database does not have yet.</summary>
    /// <returns>The number of applied migrations.</returns>
    public static Task<int> MigrateAsync(string ownerConnectionString, CancellationToken ct = default) =>
        MigrateAsync(ownerConnectionString, Migration.ReadEmbedded(), ct);

    /// <summary>Applies those of the given migrations that the database does not have yet.</summary>
    /// <returns>The number of applied migrations.</returns>
    public static async Task<int> MigrateAsync(
        string ownerConnectionString, IReadOnlyList<Migration> migrations, CancellationToken ct = default)
    {
        // The advisory lock belongs to the session. Without a pool, closing the connection ends the session and releases the lock.
        var settings = new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false, CommandTimeout = 0 };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        await RunAsync(connection, $"select pg_advisory_lock({MigrationLockKey})", ct);
        await RunAsync(connection, "set client_min_messages = warning", ct);
        await RunAsync(connection, CreateMigrationsTable, ct);

        var missing = FindMissing(migrations, await ReadAppliedAsync(connection, ct));
        foreach (var migration in missing)
        {
            await ApplyAsync(connection, migration, ct);
        }

        return missing.Count;
    }

    private static List<Migration> FindMissing(IReadOnlyList<Migration> migrations, Dictionary<int, AppliedMigration> applied)
    {
        var ordered = Migration.SortAndValidate(migrations);
        foreach (var migration in ordered)
        {
            if (applied.TryGetValue(migration.Number, out var existing) && existing.Hash != migration.Hash)
            {
                throw new MigrationException(
                    $"{migration.Name}: changed after it was applied (as {existing.Name}); restore the file and write a new migration");
            }
        }

        var last = applied.Keys.DefaultIfEmpty().Max();
        if (last > ordered.Count)
        {
            throw new MigrationException(
                $"{applied[last].Name}: applied to this database, but the last migration of this program is {ordered.Count:D4}; " +
                "the program is older than the database, use a newer program");
        }

        var missing = ordered.Where(migration => !applied.ContainsKey(migration.Number)).ToList();
        return missing is [var first, ..] && first.Number < last
            ? throw new MigrationException($"{first.Name}: not applied, although the later {applied[last].Name} is applied")
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
                var position = SqlScript.DescribePosition(migration.Sql, statement, e.Position);
                throw new MigrationException($"{migration.Name}, {position}: {e.MessageText} ({e.SqlState}){Details(e)}", e);
            }
        }

        await using var record = new NpgsqlCommand(InsertAppliedMigration, connection)
        {
            Parameters = { new() { Value = migration.Number }, new() { Value = migration.Name }, new() { Value = migration.Hash } },
        };
        await record.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private static string Details(PostgresException e) =>
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
