using Dapper;
using Npgsql;
using Relais.Kit;

namespace EndToEnd.Tests.DevServices;

public sealed class KitTests(PostgresFixture postgres, AzuriteFixture storage)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task Every_role_reaches_the_database_and_none_bypasses_row_level_security()
    {
        foreach (var connectionString in new[] { postgres.Owner, postgres.App, postgres.System })
        {
            await using var connection = new NpgsqlConnection(connectionString);

            var privileged = await connection.QuerySingleAsync<bool>(
                "select rolsuper or rolbypassrls from pg_roles where rolname = current_user");

            Assert.False(privileged);
        }
    }

    [Fact]
    public async Task Only_the_owner_creates_schemas()
    {
        await CreateSchemaAsync(postgres.Owner, "owner_try");

        var refused = await Assert.ThrowsAsync<PostgresException>(() => CreateSchemaAsync(postgres.App, "app_try"));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task A_second_database_is_migrated_and_separate()
    {
        await using var second = await postgres.CreateDatabaseAsync();
        await using var firstConnection = new NpgsqlConnection(postgres.Owner);
        await using var secondConnection = new NpgsqlConnection(second.Owner);

        await firstConnection.ExecuteAsync("create table only_here (x int)");

        Assert.Equal(
            await firstConnection.QuerySingleAsync<int>("select count(*) from schema_migrations"),
            await secondConnection.QuerySingleAsync<int>("select count(*) from schema_migrations"));
        Assert.False(await secondConnection.QuerySingleAsync<bool>("select to_regclass('only_here') is not null"));
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        var wrong = new NpgsqlConnectionStringBuilder(postgres.App) { Password = "wrong" };
        await using var connection = new NpgsqlConnection(wrong.ConnectionString);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Fact]
    public async Task Each_storage_account_has_its_own_address()
    {
        using var client = new HttpClient();
        foreach (var account in new[] { storage.ConnectionString, storage.CreateAccount() })
        {
            var queues = account.Split(';').Single(
                part => part.StartsWith("QueueEndpoint=", StringComparison.Ordinal))["QueueEndpoint=".Length..];

            using var response = await client.GetAsync(new Uri($"{queues}?comp=list"));

            Assert.Equal(System.Net.HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    private static async Task CreateSchemaAsync(string connectionString, string name)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.ExecuteAsync($"create schema {name}");
    }
}
