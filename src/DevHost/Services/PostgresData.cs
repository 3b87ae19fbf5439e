namespace Relais.DevHost.Services;

/// <summary>Creates the data folder of a server, and checks that an existing folder can be used.</summary>
internal static class PostgresData
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Creates the folder when it does not exist.</summary>
    /// <exception cref="DevServiceException">The folder was created by another major version of PostgreSQL.</exception>
    public static async Task EnsureAsync(
        PostgresOptions options, string binaries, UnprivilegedUser user, Action<string>? progress, CancellationToken ct)
    {
        var versionFile = Path.Combine(options.DataDirectory, "PG_VERSION");
        var major = await PostgresBinaries.MajorAsync(binaries, ct);
        if (!File.Exists(versionFile))
        {
            progress?.Invoke($"creating a PostgreSQL {major} data folder in {options.DataDirectory}");
            await CreateAsync(options, binaries, user, ct);
            return;
        }

        var dataMajor = (await File.ReadAllTextAsync(versionFile, ct)).Trim();
        if (dataMajor != $"{major}")
        {
            throw new DevServiceException(
                $"The data in {options.DataDirectory} belongs to PostgreSQL {dataMajor}, but the server is PostgreSQL {major}. " +
                "Use --fresh to delete the data.");
        }
    }

    /// <summary>
    /// Waits until the server of an earlier run has released the folder. Removes the pid file of a server that was killed.
    /// </summary>
    /// <exception cref="DevServiceException">A running server still uses the folder.</exception>
    public static async Task ReleaseAsync(string folder, CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        var pidFile = Path.Combine(folder, "postmaster.pid");
        while (ReadProcessId(pidFile) is { } processId)
        {
            if (!await IsServerOfAsync(processId, folder, ct))
            {
                // The earlier server was killed, and its process id is free or belongs to another program. PostgreSQL would refuse to
                // start while that program runs.
                File.Delete(pidFile);
                return;
            }

            if (TimeProvider.System.GetElapsedTime(started) > ReleaseTimeout)
            {
                throw new DevServiceException(
                    $"Process {processId} is using the data in {folder}. Stop it; it may be another DevHost of this clone.");
            }

            await Task.Delay(PollInterval, TimeProvider.System, ct);
        }
    }

    private static async Task CreateAsync(PostgresOptions options, string binaries, UnprivilegedUser user, CancellationToken ct)
    {
        var newFolder = options.DataDirectory + ".new";
        var passwordFile = options.DataDirectory + ".secret";
        if (Directory.Exists(newFolder))
        {
            Directory.Delete(newFolder, recursive: true);
        }

        Directory.CreateDirectory(newFolder);
        await File.WriteAllTextAsync(passwordFile, options.Password, ct);
        try
        {
            await user.TakeOwnershipAsync(newFolder, ct);
            await user.TakeOwnershipAsync(passwordFile, ct);
            var spec = user.Run(
                PostgresBinaries.Program(binaries, "initdb"),
                [
                    "-D", newFolder, "-U", "postgres", $"--pwfile={passwordFile}",
                    "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-instructions",
                    .. options.Throwaway ? ["--no-sync", "--wal-segsize=1"] : Array.Empty<string>(),
                ]) with
            { WorkingDirectory = Path.GetPathRoot(newFolder) };
            await using var initdb = GuardedProcess.Start(spec);
            await using var stop = ct.Register(() => _ = initdb.KillAsync());
            if (await initdb.Exited != 0)
            {
                throw new DevServiceException($"PostgreSQL could not create its data folder {options.DataDirectory}:\n{initdb.Log.Tail()}");
            }

            Directory.Move(newFolder, options.DataDirectory);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    /// <returns>The process id of the server; null when there is no pid file.</returns>
    private static int? ReadProcessId(string pidFile)
    {
        try
        {
            return int.TryParse(File.ReadLines(pidFile).FirstOrDefault(), out var id) ? Math.Abs(id) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <returns>True when the process is a PostgreSQL server that uses the folder.</returns>
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
