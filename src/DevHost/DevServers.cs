using Npgsql;
using Relais.Database;
using Relais.DevHost.Services;

namespace Relais.DevHost;

/// <summary>Starts PostgreSQL and Azurite, unless the user configured other servers, and migrates the database.</summary>
internal sealed class DevServers : IAsyncDisposable
{
    private const string DefaultDatabase = "relais";
    private const int DefaultPostgresPort = 54330;

    private readonly PostgresServer? postgres;
    private readonly AzuriteServer? azurite;
    private readonly NpgsqlConnectionStringBuilder administrator;
    private readonly DevState state;
    private Supervisor? supervisor;

    private DevServers(PostgresServer? postgres, AzuriteServer? azurite, string administrator, string storage, DevState state)
    {
        this.postgres = postgres;
        this.azurite = azurite;
        this.administrator = new NpgsqlConnectionStringBuilder(administrator);
        this.state = state with { PostgresPort = postgres?.Port ?? state.PostgresPort };
        Database = this.administrator.Database is null or "" or "postgres" ? DefaultDatabase : this.administrator.Database;
        Storage = storage;
    }

    public string Storage { get; }

    /// <summary>Connection string of the administrator, who sees all rows: row-level security does not apply to a superuser.</summary>
    public string Administrator =>
        new NpgsqlConnectionStringBuilder(administrator.ConnectionString) { Database = Database }.ConnectionString;

    public string Owner => ConnectionStringFor(Roles.Owner, state.OwnerPassword);

    public string App => ConnectionStringFor(Roles.App, state.AppPassword);

    public string System => ConnectionStringFor(Roles.System, state.SystemPassword);

    public AppConnections Connections => new(App, System, Storage);

    public DevState State => state;

    private string Database { get; }

    public static async Task<DevServers> StartAsync(DevState state, Screen screen, CancellationToken ct)
    {
        var configuredPostgres = Environment.GetEnvironmentVariable("ConnectionStrings__Postgres");
        var configuredStorage = Environment.GetEnvironmentVariable("AzureWebJobsStorage");
        var starting = (
            Postgres: string.IsNullOrWhiteSpace(configuredPostgres)
                ? StartPostgresAsync(state, screen, ct)
                : Task.FromResult<PostgresServer?>(null),
            Azurite: string.IsNullOrWhiteSpace(configuredStorage)
                ? StartAzuriteAsync(screen, ct)
                : Task.FromResult<AzuriteServer?>(null));
        try
        {
            await Task.WhenAll(starting.Postgres, starting.Azurite);
            var (postgres, azurite) = (await starting.Postgres, await starting.Azurite);
            var servers = new DevServers(
                postgres, azurite, postgres?.ConnectionString() ?? configuredPostgres!, azurite?.ConnectionString() ?? configuredStorage!,
                state);
            await servers.MigrateAsync(screen, ct);
            servers.supervisor = azurite is null
                ? null
                : new Supervisor("Azurite", () => azurite.Exited, azurite.StartAgainAsync, screen);
            return servers;
        }
        catch
        {
            await StopAsync(
                starting.Postgres.IsCompletedSuccessfully ? starting.Postgres.Result : null,
                starting.Azurite.IsCompletedSuccessfully ? starting.Azurite.Result : null);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (supervisor?.DisposeAsync() ?? ValueTask.CompletedTask);
        await StopAsync(postgres, azurite);
    }

    private static async Task<PostgresServer?> StartPostgresAsync(DevState state, Screen screen, CancellationToken ct)
    {
        var options = new PostgresOptions(Path.Combine(DevState.Folder, "postgres"), state.PostgresPassword)
        {
            WantedPort = state.PostgresPort > 0 ? state.PostgresPort : DefaultPostgresPort,
        };
        return await PostgresServer.StartAsync(options, screen.Note, ct);
    }

    private static async Task<AzuriteServer?> StartAzuriteAsync(Screen screen, CancellationToken ct) =>
        await AzuriteServer.StartAsync(
            new AzuriteOptions { Folder = Path.Combine(DevState.Folder, "azurite"), WantUsualPorts = true }, screen.Note, ct);

    private async Task MigrateAsync(Screen screen, CancellationToken ct)
    {
        var passwords = new RolePasswords(state.OwnerPassword, state.AppPassword, state.SystemPassword);
        try
        {
            var server = new NpgsqlConnectionStringBuilder(administrator.ConnectionString) { Database = "postgres" }.ConnectionString;
            await Roles.EnsureAsync(server, passwords, ct);
            await Roles.EnsureDatabaseAsync(server, Database, ct: ct);
            var applied = await Migrator.MigrateAsync(Owner, ct);
            screen.Note(applied > 0 ? $"{applied} migrations applied" : "database is up to date");
        }
        catch (Exception e) when (e is MigrationException or NpgsqlException)
        {
            var remedy = postgres is null ? "" : "\nUse --fresh to delete its data and to create it again.";
            throw new DevServiceException(
                $"Could not prepare the database {Database} at {administrator.Host}:{administrator.Port}: {e.Message}{remedy}", e);
        }
    }

    private string ConnectionStringFor(string role, string password) =>
        new NpgsqlConnectionStringBuilder(administrator.ConnectionString)
        {
            Database = Database,
            Username = role,
            Password = password,
        }.ConnectionString;

    private static Task StopAsync(PostgresServer? postgres, AzuriteServer? azurite) =>
        Task.WhenAll(
            postgres?.DisposeAsync().AsTask() ?? Task.CompletedTask,
            azurite?.DisposeAsync().AsTask() ?? Task.CompletedTask);
}
