namespace Relais.DevHost.Services;

/// <summary>The data folder of a server: created once, taken over from a run that was killed.</summary>
internal static class PostgresData
{
    private static readonly TimeSpan TakeOverLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    public static async Task EnsureAsync(PostgresOptions options, string binaries, UnprivilegedUser user, Action<string>? progress, CancellationToken ct)
    {
        var version = Path.Combine(options.DataDirectory, "PG_VERSION");
        var major = await PostgresBinaries.MajorAsync(binaries, ct);
        if (!File.Exists(version))
        {
            progress?.Invoke($"creating a PostgreSQL {major} data folder in {options.DataDirectory}");
            await CreateAsync(options, binaries, user, ct);
            return;
        }

        var made = (await File.ReadAllTextAsync(version, ct)).Trim();
        if (made != $"{major}")
        {
            throw new DevServiceException($"The data in {options.DataDirectory} is of PostgreSQL {made}, the server is {major}; --fresh empties it.");
        }
    }

    /// <summary>Makes sure that no server of an earlier run holds the folder.</summary>
    public static async Task ReleaseAsync(string folder, CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();
        var file = Path.Combine(folder, "postmaster.pid");
        while (Holder(file) is { } holder)
        {
            if (!await IsServerOfAsync(holder, folder, ct))
            {
                // the number now belongs to somebody else's process; the server would refuse to start over it
                File.Delete(file);
                return;
            }

            if (TimeProvider.System.GetElapsedTime(since) > TakeOverLimit)
            {
                throw new DevServiceException($"Another process ({holder}) is using the data in {folder}: is a DevHost of this clone already running?");
            }

            await Task.Delay(Poll, TimeProvider.System, ct);
        }
    }

    private static async Task CreateAsync(PostgresOptions options, string binaries, UnprivilegedUser user, CancellationToken ct)
    {
        var fresh = options.DataDirectory + ".new";
        var secret = options.DataDirectory + ".secret";
        if (Directory.Exists(fresh))
        {
            Directory.Delete(fresh, recursive: true);
        }

        Directory.CreateDirectory(fresh);
        await File.WriteAllTextAsync(secret, options.Password, ct);
        try
        {
            await user.TakeOwnershipAsync(fresh, ct);
            await user.TakeOwnershipAsync(secret, ct);
            var spec = user.Run(
                PostgresBinaries.Program(binaries, "initdb"),
                [
                    "-D", fresh, "-U", "postgres", $"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-instructions",
                    .. options.Throwaway ? ["--no-sync", "--wal-segsize=1"] : Array.Empty<string>(),
                ]) with
            { WorkingDirectory = Path.GetPathRoot(fresh) };
            await using var initdb = GuardedProcess.Start(spec);
            await using var stop = ct.Register(() => _ = initdb.KillAsync());
            if (await initdb.Exited != 0)
            {
                throw new DevServiceException($"PostgreSQL could not create its data folder {options.DataDirectory}:\n{initdb.Log.Tail()}");
            }

            Directory.Move(fresh, options.DataDirectory);
        }
        finally
        {
            File.Delete(secret);
        }
    }

    private static int? Holder(string file)
    {
        try
        {
            return int.TryParse(File.ReadLines(file).FirstOrDefault(), out var id) ? Math.Abs(id) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task<bool> IsServerOfAsync(int id, string folder, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        var command = File.Exists($"/proc/{id}/cmdline")
            ? (await File.ReadAllTextAsync($"/proc/{id}/cmdline", ct)).Replace('\0', ' ')
            : Directory.Exists("/proc/self") ? "" : (await Executables.RunAsync("ps", ["-p", $"{id}", "-o", "command="], ct)).Output;
        return command.Contains("postgres", StringComparison.Ordinal) && command.Contains(folder, StringComparison.Ordinal);
    }
}
