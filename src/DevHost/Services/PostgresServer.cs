using Npgsql;

namespace Relais.DevHost.Services;

/// <summary>Where a server keeps its data and how it should behave.</summary>
public sealed record PostgresOptions(string DataDirectory, string Password)
{
    /// <summary>Moves to a free port when this one is taken; 0 is any.</summary>
    public int WantedPort { get; init; }

    /// <summary>For tests: nothing is synced to the disk, and its folder goes away with it.</summary>
    public bool Throwaway { get; init; }

    /// <summary>For a throwaway server whose data somebody wants to copy.</summary>
    public bool KeepFolder { get; init; }

    internal bool RemovesFolder => Throwaway && !KeepFolder;
}

/// <summary>A PostgreSQL server of our own on 127.0.0.1 that ends with this process.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private static readonly string[] Careless =
        ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_wal_size=4GB", "-c", "autovacuum_naptime=10s"];

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

    /// <summary>For the administrator <c>postgres</c>.</summary>
    public string ConnectionString(string database = "postgres") => ConnectionString(Port, database, "postgres", options.Password);

    public string ConnectionString(string database, string user, string password) => ConnectionString(Port, database, user, password);

    public static async Task<PostgresServer> StartAsync(PostgresOptions options, Action<string>? progress = null, CancellationToken ct = default)
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

            var said = server.Log.Tail();
            await server.DisposeAsync();
            if (attempt == 3 || !said.Contains("could not bind", StringComparison.Ordinal))
            {
                throw new DevServiceException($"PostgreSQL did not start in {options.DataDirectory}:\n{said}");
            }
        }
    }

    /// <summary>Fast shutdown: open transactions are rolled back, what is committed is written.</summary>
    public Task StopAsync() => process.StopAsync(StopLimit);

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
                .. options.Throwaway ? Careless : [],
            ]) with
        {
            EndBy = Signal.Interrupt,
            WorkingDirectory = Path.GetPathRoot(options.DataDirectory),
            RemoveAfterwards = options.RemovesFolder ? options.DataDirectory : null,
        };
        return new PostgresServer(options, GuardedProcess.Start(spec), port);
    }

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString()) { Pooling = false };
        while (!process.HasExited && TimeProvider.System.GetElapsedTime(since) < StartLimit)
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

                // the port is another server's, and ours is about to say that it could not bind it
                await Task.Delay(Poll, TimeProvider.System, ct);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidPassword)
            {
                await DisposeAsync();
                throw new DevServiceException($"The data in {options.DataDirectory} was made with another password; --fresh empties it.", e);
            }
            catch (NpgsqlException)
            {
                await Task.Delay(Poll, TimeProvider.System, ct);
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
        new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Database = database, Username = user, Password = password }.ConnectionString;
}
