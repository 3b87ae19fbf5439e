using Dapper;
using Npgsql;
using Relais.Database;
using Relais.Kit;

namespace EndToEnd.Tests.DevServices;

public sealed class MigratorTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Migration First = Migration.Parse("0001_first.sql", "create table one (x int);\ninsert into one values (1);");
    private static readonly Migration Second = Migration.Parse(
        "0002_second.sql", "-- a comment; with a semicolon\ninsert into one values (2);");

    [Fact]
    public async Task Missing_migrations_are_applied_once()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();

        Assert.Equal(1, await Migrator.MigrateAsync(database.Owner, [First]));
        Assert.Equal(1, await Migrator.MigrateAsync(database.Owner, [First, Second]));
        Assert.Equal(0, await Migrator.MigrateAsync(database.Owner, [First, Second]));
        Assert.Equal(2, await QueryAsync<int>(database, "select count(*) from one"));
    }

    [Fact]
    public async Task Concurrent_migrators_apply_each_migration_once()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();

        var applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Migrator.MigrateAsync(database.Owner, [First, Second])));

        Assert.Equal(2, applied.Sum());
        Assert.Equal(2, await QueryAsync<int>(database, "select count(*) from one"));
    }

    [Fact]
    public async Task A_failing_migration_is_rolled_back_and_reports_file_line_and_column()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        var broken = Migration.Parse(
            "0002_broken.sql",
            "create table two (x int);\n\ncreate function f() returns text language sql as $$ select ';' $$;\n" +
            "insert into two\n  values ('a;b', nonsense);");

        var failure = await Assert.ThrowsAsync<MigrationException>(() => Migrator.MigrateAsync(database.Owner, [First, broken]));

        Assert.StartsWith(
            "0002_broken.sql, line 5, column 18: column \"nonsense\" does not exist", failure.Message, StringComparison.Ordinal);
        Assert.False(await QueryAsync<bool>(database, "select to_regclass('two') is not null"));
        Assert.Equal(1, await QueryAsync<int>(database, "select count(*) from schema_migrations"));
    }

    [Fact]
    public async Task An_edited_migration_is_refused_by_name()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await Migrator.MigrateAsync(database.Owner, [First]);

        var failure = await Assert.ThrowsAsync<MigrationException>(
            () => Migrator.MigrateAsync(database.Owner, [First with { Sql = "select 1" }]));

        Assert.Contains("0001_first.sql: changed after it was applied", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_endings_do_not_change_a_migration()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await Migrator.MigrateAsync(database.Owner, [First]);

        Assert.Equal(0, await Migrator.MigrateAsync(database.Owner, [First with { Sql = First.Sql.ReplaceLineEndings("\r\n") }]));
    }

    [Theory]
    [InlineData("0003_third.sql", "0002 is missing")]
    [InlineData("0001_other.sql", "already taken by 0001_first.sql")]
    public void A_gap_or_a_duplicate_number_is_refused(string name, string expected)
    {
        var failure = Assert.Throws<MigrationException>(() => Migration.SortAndValidate([First, Migration.Parse(name, "select 1")]));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_older_than_its_database_fails_with_a_message()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await Migrator.MigrateAsync(database.Owner, [First, Second]);

        var failure = await Assert.ThrowsAsync<MigrationException>(() => Migrator.MigrateAsync(database.Owner, [First]));

        Assert.Contains("older than the database", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<T> QueryAsync<T>(TestDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.Owner);
        return await connection.QuerySingleAsync<T>(sql);
    }
}
