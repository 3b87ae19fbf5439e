using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Relais.Database;
using Relais.DevHost.Services;

namespace Relais.Kit;

/// <summary>
/// The PostgreSQL server of this test process. Processes share only a prepared data folder, which is built once per set of migrations and
/// copied for each server. The server and its folder are removed when the process ends.
/// </summary>
public sealed class TestPostgres
{
    // This password does not occur in a log by chance.
    private const string Password = "pw-of-the-kit-5c81e0";
    private const string Template = "relais_template";

    private static readonly Lazy<Task<TestPostgres>> Shared = new(StartAsync);
    private static readonly Lock Gate = new();

    private readonly PostgresServer server;
    private int databases;

    private TestPostgres(PostgresServer server) => this.server = server;

    /// <summary>The server. The first access starts it.</summary>
    public static Task<TestPostgres> Instance
    {
        get
        {
            lock (Gate)
            {
                return Shared.Value;
            }
        }
    }

    /// <summary>Clones the migrated template in about 50 ms.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync(CancellationToken ct = default)
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await Roles.EnsureDatabaseAsync(server.ConnectionString(), name, Template, ct);
        return new TestDatabase(this, name);
    }

    /// <summary>Creates an empty database for tests of the migrator.</summary>
    public async Task<TestDatabase> CreateEmptyDatabaseAsync(CancellationToken ct = default)
    {
        var name = $"empty_{Interlocked.Increment(ref databases)}";
        await Roles.EnsureDatabaseAsync(server.ConnectionString(), name, ct: ct);
        return new TestDatabase(this, name);
    }

    internal string ConnectionString(string database, string user) => server.ConnectionString(database, user, Password);

    internal async Task DropAsync(string database)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"drop database if exists {database} with (force)", connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<TestPostgres> StartAsync()
    {
        await ExclusiveRun.TakeAsync();
        var folder = Path.Combine(Path.GetTempPath(), $"relais-test-{Environment.ProcessId}-{Random.Shared.Next():x8}");
        await CopyPreparedAsync(folder);
        return new TestPostgres(await PostgresServer.StartAsync(Options(folder)));
    }

    private static async Task CopyPreparedAsync(string folder)
    {
        var prepared = Path.Combine(DevPaths.Cache, $"test-postgres-{Version()}");
        using var folderLock = await FileLock.AcquireAsync(Path.Combine(DevPaths.Cache, "test-postgres.lock"));
        if (!Directory.Exists(prepared))
        {
            await PrepareAsync(prepared);
        }

        await TestFolders.CopyAsync(prepared, folder);
    }

    private static async Task PrepareAsync(string prepared)
    {
        TestFolders.RemoveOld(DevPaths.Cache, "test-postgres-");
        var building = $"{prepared}.building";
        if (Directory.Exists(building))
        {
            Directory.Delete(building, recursive: true);
        }

        await using (var server = await PostgresServer.StartAsync(Options(building) with { KeepFolder = true }))
        {
            await Roles.EnsureAsync(server.ConnectionString(), new RolePasswords(Password, Password, Password));
            await Roles.EnsureDatabaseAsync(server.ConnectionString(), Template);
            await Migrator.MigrateAsync(server.ConnectionString(Template, Roles.Owner, Password));
        }

        Directory.Move(building, prepared);
    }

    private static PostgresOptions Options(string folder) => new(folder, Password) { Throwaway = true };

    /// <summary>Version of the prepared folder: a change of its contents changes the name of the folder.</summary>
    private static string Version()
    {
        var parts = Migration.ReadEmbedded().Select(migration => migration.Hash)
            .Append(typeof(Roles).Assembly.ManifestModule.ModuleVersionId.ToString())
            .Append(Password)
            .Append(typeof(PostgresServer).Assembly.ManifestModule.ModuleVersionId.ToString());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(parts))))[..12];
    }
}
