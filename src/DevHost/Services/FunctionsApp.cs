using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Relais.DevHost.Services;

/// <summary>Options for starting the app.</summary>
public sealed record FunctionsAppOptions
{
    /// <summary>The output folder of the app; by default that of src/Functions, in the configuration of the running program.</summary>
    public string Folder { get; init; } = FunctionsApp.DefaultFolder;

    /// <summary>The host that runs the app; by default src/FunctionsHost.</summary>
    public HostCommand Host { get; init; } = HostCommand.FunctionsHost;

    /// <summary>The preferred port; 0 for any. When it is taken, a free port is used. Restarts keep the port.</summary>
    public int Port { get; init; }

    /// <summary>Environment variables of host and worker.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>
    /// Arguments of host and worker, for settings whose names are not possible as environment variables, such as
    /// --Logging:LogLevel:Npgsql.Command=Trace.
    /// </summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The path that responds with 200 when the app is ready.</summary>
    public string HealthPath { get; init; } = "/api/health/ready";

    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Runs a built app in a Functions host. The app can be stopped, killed and restarted on the same port.</summary>
public sealed partial class FunctionsApp : IAsyncDisposable
{
    private const int MaxAttempts = 5;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(40);
    private static readonly HttpClient HealthClient = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly Dictionary<string, string?> settings;
    private readonly FunctionsAppOptions options;
    private readonly Action<string>? onLine;
    private readonly int port;
    private GuardedProcess? process;
    private volatile int workerProcessId;

    private FunctionsApp(FunctionsAppOptions options, int port, Action<string>? onLine)
    {
        this.options = options;
        this.port = port;
        settings = new(options.Settings);
        this.onLine = onLine;
    }

    public static string DefaultFolder { get; } = DevPaths.Output("src", "Functions");

    public Uri Url => new($"http://127.0.0.1:{port}");

    public RecentLog Log => Running.Log;

    /// <summary>Process id of the host.</summary>
    public int ProcessId => Running.Id;

    /// <summary>Process id of the worker that the host started last.</summary>
    public int WorkerProcessId => workerProcessId;

    /// <summary>Completes with the exit code when the current host ends for any reason.</summary>
    public Task<int> Exited => Running.Exited;

    private GuardedProcess Running => process ?? throw new InvalidOperationException("The app was not started.");

    /// <summary>Starts the app and waits until it is ready.</summary>
    /// <param name="options">The options.</param>
    /// <param name="onLine">Receives each line of output.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task<FunctionsApp> StartAsync(
        FunctionsAppOptions options, Action<string>? onLine = null, CancellationToken ct = default)
    {
        if (!Directory.Exists(options.Folder))
        {
            throw new DevServiceException($"The app is not built: the folder {options.Folder} is missing. Build the solution first.");
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StartOnAsync(options, attempt == 1 ? Ports.FreeOr(options.Port) : Ports.Free(), onLine, ct);
            }
            catch (PortTakenException) when (attempt < MaxAttempts)
            {
                // Try again with another port.
            }
        }
    }

    /// <exception cref="PortTakenException">The port is in use.</exception>
    internal static async Task<FunctionsApp> StartOnAsync(
        FunctionsAppOptions options, int port, Action<string>? onLine = null, CancellationToken ct = default)
    {
        var app = new FunctionsApp(options, port, onLine);
        try
        {
            await app.StartAgainAsync(ct);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the app if it still runs, and starts it again on the same port.</summary>
    public async Task StartAgainAsync(CancellationToken ct = default)
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        process = GuardedProcess.Start(
            new ProcessSpec(options.Host.File, [.. options.Host.Arguments(options.Folder, port), .. options.Arguments])
            {
                WorkingDirectory = options.Folder,
                Environment = Environment(),
            },
            OnOutput);
        await WaitUntilReadyAsync(ct);
    }

    /// <summary>Changes a setting for the next start; null removes it.</summary>
    public void Set(string setting, string? value)
    {
        if (value is null)
        {
            settings.Remove(setting);
        }
        else
        {
            settings[setting] = value;
        }
    }

    /// <summary>Stops the app gracefully (SIGTERM), and waits until it has finished its work.</summary>
    public Task<int> StopAsync() => Running.StopAsync(DrainTimeout);

    /// <summary>Kills host and worker (SIGKILL), so that they cannot finish their work.</summary>
    public Task<int> KillAsync() => Running.KillAsync();

    /// <summary>Kills the host only (SIGKILL). Its worker must notice this and end.</summary>
    public async Task KillHostAsync()
    {
        using var host = Process.GetProcessById(ProcessId);
        host.Kill();
        await Exited;
    }

    /// <summary>Kills the worker only (SIGKILL). The host starts a new worker.</summary>
    public void KillWorker()
    {
        using var worker = Process.GetProcessById(WorkerProcessId);
        worker.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.StopAsync(DrainTimeout);
            await process.DisposeAsync();
        }
    }

    /// <returns>True when the health path responds with 200.</returns>
    public async Task<bool> AnswersAsync(CancellationToken ct = default)
    {
        try
        {
            using var response = await HealthClient.GetAsync(new Uri(Url, options.HealthPath), ct);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private void OnOutput(string line)
    {
        if (WorkerLine().Match(line) is { Success: true } started)
        {
            workerProcessId = int.Parse(started.Groups[1].Value, CultureInfo.InvariantCulture);
        }

        onLine?.Invoke(line);
    }

    private Dictionary<string, string?> Environment() => new(settings)
    {
        ["DOTNET_gcServer"] = "0",
        // At this level the host logs the worker's process id.
        ["AzureFunctionsJobHost__logging__logLevel__Host"] = "Information",
    };

    private async Task WaitUntilReadyAsync(CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!Running.HasExited)
        {
            if (await AnswersAsync(ct))
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(started) > options.StartLimit)
            {
                await KillAsync();
                throw new DevServiceException(
                    $"The app did not answer 200 at {options.HealthPath} in {options.StartLimit.TotalSeconds:0} s:\n{Log.Tail(40)}");
            }

            await Task.Delay(PollInterval, TimeProvider.System, ct);
        }

        var message = $"The app ended with {await Exited} while starting:\n{Log.Tail(40)}";
        throw message.Contains("is in use by another process", StringComparison.Ordinal)
            ? new PortTakenException(message)
            : new DevServiceException(message);
    }

    [GeneratedRegex(@"The worker runs as process (\d+) ")]
    private static partial Regex WorkerLine();
}
