using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Relais.DevHost.Services;

/// <summary>How to start the app: settings are the environment variables of host and worker.</summary>
public sealed record FunctionsAppOptions
{
    /// <summary>The output folder of the built app; the product's, in the configuration of the running program, unless said otherwise.</summary>
    public string Folder { get; init; } = FunctionsApp.DefaultFolder;

    /// <summary>The host that runs the folder; src/FunctionsHost unless said otherwise.</summary>
    public HostCommand Host { get; init; } = HostCommand.FunctionsHost;

    /// <summary>Wanted port; another one is taken when it is in use. 0: any free port. Restarts keep the port.</summary>
    public int Port { get; init; }

    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Arguments of host and worker, for settings whose names no environment variable may have: --Logging:LogLevel:Npgsql.Command=Trace</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Answers 200 once the app works.</summary>
    public string HealthPath { get; init; } = "/api/health/ready";

    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>A built app under a Functions host, which can be stopped, killed and started again on the same port.</summary>
public sealed partial class FunctionsApp : IAsyncDisposable
{
    private const int MostAttempts = 5;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(40);
    private static readonly HttpClient Probe = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly Dictionary<string, string?> settings;
    private readonly FunctionsAppOptions options;
    private readonly Action<string>? onLine;
    private readonly int port;
    private GuardedProcess? process;
    private volatile int worker;

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

    /// <summary>Of the host.</summary>
    public int ProcessId => Running.Id;

    /// <summary>Of the worker that the host started last.</summary>
    public int WorkerProcessId => worker;

    /// <summary>Ends with the exit code when the present host ends, for whatever reason.</summary>
    public Task<int> Exited => Running.Exited;

    private GuardedProcess Running => process ?? throw new InvalidOperationException("The app was not started.");

    /// <summary>Starts the app and waits until it answers.</summary>
    public static async Task<FunctionsApp> StartAsync(FunctionsAppOptions options, Action<string>? onLine = null, CancellationToken ct = default)
    {
        if (!Directory.Exists(options.Folder))
        {
            throw new DevServiceException($"The app is not built: {options.Folder} is missing.");
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StartOnAsync(options, attempt == 1 ? Ports.FreeOr(options.Port) : Ports.Free(), onLine, ct);
            }
            catch (PortTakenException) when (attempt < MostAttempts)
            {
                // with another port
            }
        }
    }

    /// <exception cref="PortTakenException">The port is in use.</exception>
    internal static async Task<FunctionsApp> StartOnAsync(FunctionsAppOptions options, int port, Action<string>? onLine = null, CancellationToken ct = default)
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

    /// <summary>Starts the app anew on the same port; whatever still runs is killed first.</summary>
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
            Take);
        await WaitUntilItAnswersAsync(ct);
    }

    /// <summary>Another value from the next start on; null takes the setting away.</summary>
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

    /// <summary>Asks the app to finish what it is doing (SIGTERM) and waits for it.</summary>
    public Task<int> StopAsync() => Running.StopAsync(DrainLimit);

    /// <summary>SIGKILL of host and worker: they get no chance to do anything.</summary>
    public Task<int> KillAsync() => Running.KillAsync();

    /// <summary>SIGKILL of the host alone; its worker has to end by itself.</summary>
    public async Task KillHostAsync()
    {
        using var host = Process.GetProcessById(ProcessId);
        host.Kill();
        await Exited;
    }

    /// <summary>SIGKILL of the worker alone; the host starts another.</summary>
    public void KillWorker()
    {
        using var worker = Process.GetProcessById(WorkerProcessId);
        worker.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.StopAsync(DrainLimit);
            await process.DisposeAsync();
        }
    }

    /// <summary>True when the app answers 200 where it says whether it works.</summary>
    public async Task<bool> AnswersAsync(CancellationToken ct = default)
    {
        try
        {
            using var response = await Probe.GetAsync(new Uri(Url, options.HealthPath), ct);
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

    private void Take(string line)
    {
        if (WorkerLine().Match(line) is { Success: true } started)
        {
            worker = int.Parse(started.Groups[1].Value, CultureInfo.InvariantCulture);
        }

        onLine?.Invoke(line);
    }

    private Dictionary<string, string?> Environment() => new(settings)
    {
        ["DOTNET_gcServer"] = "0",
        // says in which process the worker runs
        ["AzureFunctionsJobHost__logging__logLevel__Host"] = "Information",
    };

    private async Task WaitUntilItAnswersAsync(CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!Running.HasExited)
        {
            if (await AnswersAsync(ct))
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(since) > options.StartLimit)
            {
                await KillAsync();
                throw new DevServiceException($"The app did not answer 200 at {options.HealthPath} in {options.StartLimit.TotalSeconds:0} s:\n{Log.Tail(40)}");
            }

            await Task.Delay(Poll, TimeProvider.System, ct);
        }

        var said = $"The app ended with {await Exited} while starting:\n{Log.Tail(40)}";
        throw said.Contains("is in use by another process", StringComparison.Ordinal) ? new PortTakenException(said) : new DevServiceException(said);
    }

    [GeneratedRegex(@"The worker runs as process (\d+) ")]
    private static partial Regex WorkerLine();
}
