namespace FunctionsHost;

/// <summary>The process of the app. It ends with the host, also when the host is killed. On Windows, a killed host can leave it running.</summary>
internal sealed class WorkerProcess
{
    private static readonly string Guard = Path.Combine(AppContext.BaseDirectory, "Worker", "guard.sh");

    /// <summary>A child that the app left behind may hold its output open.</summary>
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(2);

    private readonly Process process;
    private readonly TaskCompletionSource exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WorkerProcess(Process process)
    {
        this.process = process;
        process.Exited += (_, _) => exited.TrySetResult();
        process.EnableRaisingEvents = true;
        Exited = WaitAsync();
    }

    public int Id => process.Id;

    /// <summary>Completes with the exit code.</summary>
    public Task<int> Exited { get; }

    public static WorkerProcess Start(HostSettings settings, Uri rpc, string workerId)
    {
        var app = settings.App;
        string[] command =
        [
            Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet", app.WorkerFile,
            // the form of older workers, then the present one
            "--host", rpc.Host, "--port", $"{rpc.Port}", "--workerId", workerId, "--requestId", workerId,
            "--grpcMaxMessageLength", $"{int.MaxValue}",
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
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Print(Console.Out, line.Data);
        process.ErrorDataReceived += (_, line) => Print(Console.Error, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process);
    }

    public void Kill() => process.Kill();

    private async Task<int> WaitAsync()
    {
        await exited.Task;
        await process.WaitForExitAsync().WaitAsync(OutputLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private static void Print(TextWriter to, string? line)
    {
        // with this prefix the worker writes its logs once more, for hosts that read the console instead of the stream
        if (line is not null && !line.StartsWith("LanguageWorkerConsoleLog", StringComparison.Ordinal))
        {
            to.WriteLine(line);
        }
    }
}
