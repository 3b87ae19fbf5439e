using System.Net;
using System.Text.RegularExpressions;

namespace Relais.DevHost.Services;

/// <summary>How to start the app: settings are its environment variables.</summary>
public sealed record FunctionsAppOptions
{
    /// <summary>The built app; the one beside the running program's configuration unless said otherwise.</summary>
    public string Assembly { get; init; } = FunctionsApp.DefaultAssembly;

    /// <summary>Wanted port; another one is taken when it is in use. 0: any free port. Restarts keep the port.</summary>
    public int Port { get; init; }

    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>For settings whose names no environment variable may have: --Logging:LogLevel:Npgsql.Command=Trace</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Answers 200 once the app works.</summary>
    public string HealthPath { get; init; } = "/api/health/ready";

    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>The app as a process of its own, which can be stopped, killed and started again on the same port.</summary>
public sealed partial class FunctionsApp : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(40);
    private static readonly HttpClient Probe = new() { Timeout = TimeSpan.FromSeconds(5) };

    // The port is known from a log line, whatever the settings say about logs: host.json sets the levels of the console too.
    private static readonly string[] LogsItsAddress =
    [
        "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information", "--Logging:Console:LogLevel:Microsoft.Hosting.Lifetime=Information",
    ];

    private readonly Dictionary<string, string?> settings;
    private readonly FunctionsAppOptions options;
    private readonly Action<string>? onLine;
    private int port;
    private GuardedProcess? process;
    private volatile Uri? url;

    private FunctionsApp(FunctionsAppOptions options, int port, Action<string>? onLine)
    {
        this.options = options;
        this.port = port;
        settings = new(options.Settings);
        this.onLine = onLine;
    }

    public static string DefaultAssembly { get; } = Path.Combine(
        DevPaths.Repository, "src", "Functions", "bin", Configuration(), "net10.0", "Relais.Functions.dll");

    public Uri Url => url ?? throw new InvalidOperationException("The app was not started.");

    public RingLog Log => Running.Log;

    public int ProcessId => Running.Id;

    /// <summary>Ends with the exit code when the present process ends, for whatever reason.</summary>
    public Task<int> Exited => Running.Exited;

    private GuardedProcess Running => process ?? throw new InvalidOperationException("The app was not started.");

    /// <summary>Starts the app and waits until it answers.</summary>
    public static async Task<FunctionsApp> StartAsync(FunctionsAppOptions options, Action<string>? onLine = null, CancellationToken ct = default)
    {
        if (!File.Exists(options.Assembly))
        {
            throw new DevServiceException($"The app is not built: {options.Assembly} is missing.");
        }

        try
        {
            return await StartOnAsync(options, Ports.IsFree(options.Port) ? options.Port : 0, onLine, ct);
        }
        catch (PortTakenException)
        {
            return await StartOnAsync(options, 0, onLine, ct);
        }
    }

    /// <exception cref="PortTakenException">The port is in use.</exception>
    internal static async Task<FunctionsApp> StartOnAsync(FunctionsAppOptions options, int port, Action<string>? onLine = null, CancellationToken ct = default)
    {
        var app = new FunctionsApp(options, port, onLine);
        await app.StartAgainAsync(ct);
        app.port = app.Url.Port;
        return app;
    }

    /// <summary>Starts the app anew on the same port; whatever still runs is killed first.</summary>
    public async Task StartAgainAsync(CancellationToken ct = default)
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        url = null;
        process = GuardedProcess.Start(
            new ProcessSpec(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [options.Assembly, .. LogsItsAddress, .. options.Arguments])
            {
                WorkingDirectory = Path.GetDirectoryName(options.Assembly),
                Environment = Settings(),
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

    /// <summary>SIGKILL: the app gets no chance to do anything.</summary>
    public Task<int> KillAsync() => Running.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.StopAsync(DrainLimit);
            await process.DisposeAsync();
        }
    }

    private void Take(string line)
    {
        if (url is null && ListensOn().Match(line) is { Success: true } listens)
        {
            url = new Uri(listens.Groups[1].Value);
        }

        onLine?.Invoke(line);
    }

    private Dictionary<string, string?> Settings() => new(settings)
    {
        ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
        ["DOTNET_gcServer"] = "0",
    };

    private async Task WaitUntilItAnswersAsync(CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!Running.HasExited)
        {
            if (url is not null && await AnswersAsync(new Uri(url, options.HealthPath), ct))
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
        throw said.Contains("address already in use", StringComparison.Ordinal) ? new PortTakenException(said) : new DevServiceException(said);
    }

    private static async Task<bool> AnswersAsync(Uri health, CancellationToken ct)
    {
        try
        {
            using var response = await Probe.GetAsync(health, ct);
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

    private static string Configuration() =>
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex ListensOn();
}
