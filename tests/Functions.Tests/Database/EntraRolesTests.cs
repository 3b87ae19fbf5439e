using Dapper;
using Npgsql;
using Relais.Database.Entra;
using Relais.DevHost.Services;
using Relais.Kit;

namespace Relais.Database;

/// <summary>
/// Deploys to a separate server with an administrator that, as on Azure, may create roles and databases but is not a superuser.
/// PostgreSQL lacks the label provider of Azure: a comment on the role replaces the label, and the real statement is only parsed.
/// </summary>
public sealed class EntraRolesTests(AzureLikeServer azure) : IClassFixture<AzureLikeServer>, IAsyncLifetime
{
    private const string Database = "relais";
    private static readonly EntraPrincipals Principals = new(Ids.Contact(1), Ids.Contact(2));

    public Task InitializeAsync() => azure.EmptyAsync(Database);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Deploying_twice_creates_everything_once()
    {
        var first = await DeployAsync(Principals);
        var second = await DeployAsync(Principals);

        Assert.Equal(Migration.ReadEmbedded().Count, first);
        Assert.Equal(0, second);
    }

    [Fact]
    public async Task The_app_roles_can_log_in_own_no_tables_and_obey_row_level_security()
    {
        await DeployAsync(Principals);

        var roles = await QueryAsync<(string Name, bool LogsIn, bool Bypasses, bool HasPassword)>("""
            select rolname, rolcanlogin, rolsuper or rolbypassrls or rolcreaterole, rolpassword is not null
            from pg_authid where rolname like 'relais\_%' order by rolname
            """);
        var owners = await QueryAsync<string>("select distinct tableowner from pg_tables where schemaname = 'public'");

        Assert.Equal(
            [("relais_app", true, false, false), ("relais_owner", false, false, false), ("relais_system", true, false, false)], roles);
        Assert.Equal(["relais_owner"], owners);
    }

    [Fact]
    public async Task Sessions_of_the_app_roles_have_the_role_settings()
    {
        await DeployAsync(Principals);

        var settings = await QueryAsync<string>(
            """
            select rolname || ': ' || array_to_string(rolconfig, ', ') from pg_roles where rolname in ('relais_app', 'relais_system')
              order by rolname
            """);

        const string Settings = "idle_in_transaction_session_timeout=60s, plan_cache_mode=force_custom_plan";
        Assert.Equal([$"relais_app: {Settings}", $"relais_system: {Settings}"], settings);
    }

    [Fact]
    public async Task A_new_identity_replaces_the_old_identity()
    {
        await DeployAsync(Principals);
        var changed = new EntraPrincipals(Ids.Contact(3), Ids.Contact(4));

        await DeployAsync(changed);

        var labels = await QueryAsync<string>(
            "select shobj_description(oid, 'pg_authid') from pg_roles where rolname in ('relais_app', 'relais_system') order by rolname");
        Assert.Equal([$"{changed.App}", $"{changed.System}"], labels);
    }

    [Fact]
    public async Task The_deployer_can_act_as_the_system_role()
    {
        await DeployAsync(Principals);

        var user = new NpgsqlConnectionStringBuilder(Deployer.ConnectionString) { Database = Database, Options = "-c role=relais_system" };
        await using var connection = new NpgsqlConnection(user.ConnectionString);

        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from provider_accounts"));
    }

    [Fact]
    public async Task A_server_without_Entra_authentication_rejects_the_label_and_creates_no_role()
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            DeployDatabase.RunAsync(Deployer, Database, Principals, EntraRoles.Label));

        Assert.Equal("security label provider \"pgaadauth\" is not loaded", refused.MessageText);
        Assert.Equal([0L], await QueryAsync<long>("select count(*) from pg_roles where rolname like 'relais\\_%'", "postgres"));
    }

    private NpgsqlConnectionStringBuilder Deployer => new(azure.Deployer);

    private Task<int> DeployAsync(EntraPrincipals principals) =>
        DeployDatabase.RunAsync(Deployer, Database, principals, (role, id) => $"comment on role {role} is '{id}'");

    private async Task<List<T>> QueryAsync<T>(string sql, string database = Database)
    {
        await using var connection = new NpgsqlConnection(azure.Superuser(database));
        return (await connection.QueryAsync<T>(sql)).AsList();
    }
}

/// <summary>A PostgreSQL server whose administrator is not a superuser.</summary>
public sealed class AzureLikeServer : IAsyncLifetime
{
    private PostgresServer server = null!;

    public string Deployer =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString("postgres", "relais-deployers", "pw-of-the-deployer")) { Pooling = false }
            .ConnectionString;

    public string Superuser(string database) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString(database)) { Pooling = false }.ConnectionString;

    public async Task InitializeAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"relais-entra-{Environment.ProcessId}-{Random.Shared.Next():x8}");
        server = await PostgresServer.StartAsync(new PostgresOptions(folder, "pw-of-the-superuser") { Throwaway = true });
        await RunAsync("create role \"relais-deployers\" login createrole createdb password 'pw-of-the-deployer'");
    }

    /// <summary>Drops the database and the roles, so that the next deployment is the first one.</summary>
    public async Task EmptyAsync(string database)
    {
        await RunAsync($"drop database if exists {database} with (force)");
        await RunAsync($"drop role if exists {Roles.App}, {Roles.System}, {Roles.Owner}");
    }

    public Task DisposeAsync() => server.StopAsync();

    private async Task RunAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Superuser("postgres"));
        await connection.ExecuteAsync(sql);
    }
}
