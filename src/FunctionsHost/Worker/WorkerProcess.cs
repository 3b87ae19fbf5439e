namespace FunctionsHost;

/// <summary>The process of the app ends with the host, even with a killed one. On Windows, a killed host can leave it running.</summary>
internal sealed class WorkerProcess(Process process)
{
    private static readonly string Guard = Path.Combine(AppContext.BaseDirectory, "Worker", "guard.sh");

    /// <summary>A child that the app left behind may hold its output open.</summary>
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(2);

    public int Id => process.Id;

    /// <summary>Completes with the exit code.</summary>
    public Task<int> Exited { get; } = WaitAsync(process);

    public static WorkerProcess Start(HostSettings settings, Uri rpc, string workerId)
    {
        var app = settings.App;
        string[] command =
        [
            Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet", app.WorkerFile,
            "--functions-uri", rpc.ToString(), "--functions-worker-id", workerId, "--functions-request-id", workerId,
            "--functions-grpc-max-message-length", $"{int.MaxValue}",
            .. settings.Line.AppArguments,
        ];
        var (file, arguments) = OperatingSystem.IsWindows() ? (command[0], command[1..]) : ("/bin/sh", [Guard, .. command]);
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = app.Path };
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = app.Path;
        start.Environment["FUNCTIONS_WORKER_DIRECTORY"] = app.Path;
        start.Environment["AzureWebJobsScriptRoot"] = app.SettingsPath;
        // the worker chooses a port of its own; this one is the host's
        start.Environment.Remove("ASPNETCORE_URLS");
        return new(Process.Start(start)!);
    }

    /// <summary>Kills the process if it does not end within the limit, and returns the exit code.</summary>
    public async Task<int> EndAsync(TimeSpan limit)
    {
        await Task.WhenAny(Exited, Task.Delay(limit, TimeProvider.System));
        process.Kill();
        return await Exited;
    }

    private static async Task<int> WaitAsync(Process process)
    {
        var output = Task.WhenAll(CopyAsync(process.StandardOutput, Console.Out), CopyAsync(process.StandardError, Console.Error));
        await process.WaitForExitAsync();
        await Task.WhenAny(output, Task.Delay(OutputLimit, TimeProvider.System));
        try
        {
            await process.StandardInput.WriteLineAsync();
            await process.StandardInput.DisposeAsync();
        }
        catch (IOException)
        {
            // the guard was killed before
        }

        return process.ExitCode;
    }

    private static async Task CopyAsync(StreamReader from, TextWriter to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            // with this prefix the worker writes its logs once more, for hosts that read the console instead of the stream
            if (!line.StartsWith("LanguageWorkerConsoleLog", StringComparison.Ordinal))
            {
                await to.WriteLineAsync(line);
            }
        }
    }
}
