using Npgsql;

namespace Relais.DevHost.Services;

/// <summary>Options of a PostgreSQL server.</summary>
/// <param name="DataDirectory">The folder for the data.</param>
/// <param name="Password">The password of the administrator <c>postgres</c>.</param>
public sealed record PostgresOptions(string DataDirectory, string Password)
{
    /// <summary>The preferred port; 0 for any free port. A free port is also used when this port is taken.</summary>
    public int WantedPort { get; init; }

    /// <summary>True, for tests: nothing is synced to disk, and the folder is deleted when the server ends.</summary>
    public bool Throwaway { get; init; }

    /// <summary>True: the folder of a throwaway server is not deleted, so that the caller can copy it.</summary>
    public bool KeepFolder { get; init; }

    internal bool RemovesFolder => Throwaway && !KeepFolder;
}

/// <summary>Runs a PostgreSQL server on 127.0.0.1. It ends when this process ends.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private static readonly string[] ThrowawayArguments =
    [
        "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
        "-c", "max_wal_size=4GB", "-c", "autovacuum_naptime=10s",
    ];

    private readonly PostgresOptions options;
    private readonly GuardedProcess process;

    private PostgresServer(PostgresOptions options, GuardedProcess process, int port)
    {
        this.options = options;
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    public int ProcessId => process.Id;

    public RecentLog Log => process.Log;

    /// <returns>The connection string of the administrator <c>postgres</c>.</returns>
    public string ConnectionString(string database = "postgres") => ConnectionString(Port, database, "postgres", options.Password);

    public string ConnectionString(string database, string user, string password) => ConnectionString(Port, database, user, password);

    /// <param name="options">The options.</param>
    /// <param name="progress">Receives messages about slow steps, such as a download.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task<PostgresServer> StartAsync(
        PostgresOptions options, Action<string>? progress = null, CancellationToken ct = default)
    {
        var binaries = await PostgresBinaries.FindAsync(progress, ct);
        var user = await UnprivilegedUser.ForPostgresAsync(ct);
        await PostgresData.EnsureAsync(options, binaries, user, progress, ct);
        await PostgresData.ReleaseAsync(options.DataDirectory, ct);
        for (var attempt = 1; ; attempt++)
        {
            var server = Launch(options, binaries, user, attempt == 1 ? Ports.FreeOr(options.WantedPort) : Ports.Free());
            if (await server.IsReadyAsync(ct))
            {
                return server;
            }

            var output = server.Log.Tail();
            await server.DisposeAsync();
            if (attempt == 3 || !output.Contains("could not bind", StringComparison.Ordinal))
            {
                throw new DevServiceException($"PostgreSQL did not start in {options.DataDirectory}:\n{output}");
            }
        }
    }

    /// <summary>Stops the server (fast shutdown): it rolls back open transactions and writes committed data to disk.</summary>
    public Task StopAsync() => process.StopAsync(StopTimeout);

    public Task KillAsync() => process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await process.DisposeAsync();
        if (options.RemovesFolder && Directory.Exists(options.DataDirectory))
        {
            Directory.Delete(options.DataDirectory, recursive: true);
        }
    }

    private static PostgresServer Launch(PostgresOptions options, string binaries, UnprivilegedUser user, int port)
    {
        var spec = user.Run(
            PostgresBinaries.Program(binaries, "postgres"),
            [
                "-D", options.DataDirectory, "-p", $"{port}",
                "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=300",
                "-c", "logging_collector=off", "-c", "log_destination=stderr",
                .. options.Throwaway ? ThrowawayArguments : [],
            ]) with
        {
            StopSignal = Signal.Interrupt,
            WorkingDirectory = Path.GetPathRoot(options.DataDirectory),
            RemoveAfterwards = options.RemovesFolder ? options.DataDirectory : null,
        };
        return new PostgresServer(options, GuardedProcess.Start(spec), port);
    }

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString()) { Pooling = false };
        while (!process.HasExited && TimeProvider.System.GetElapsedTime(started) < StartTimeout)
        {
            try
            {
                await using var connection = new NpgsqlConnection(settings.ConnectionString);
                await connection.OpenAsync(ct);
                await using var command = new NpgsqlCommand("show data_directory", connection);
                if ((string?)await command.ExecuteScalarAsync(ct) == Path.GetFullPath(options.DataDirectory))
                {
                    return true;
                }

                // Another server owns the port. This server will end soon, because it cannot bind the port.
                await Task.Delay(PollInterval, TimeProvider.System, ct);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidPassword)
            {
                await DisposeAsync();
                throw new DevServiceException(
                    $"The data in {options.DataDirectory} was created with another password. Use --fresh to delete the data.", e);
            }
            catch (NpgsqlException)
            {
                await Task.Delay(PollInterval, TimeProvider.System, ct);
            }
            catch (OperationCanceledException)
            {
                await DisposeAsync();
                throw;
            }
        }

        return false;
    }

    private static string ConnectionString(int port, string database, string user, string password) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Database = database,
            Username = user,
            Password = password,
        }.ConnectionString;
}
