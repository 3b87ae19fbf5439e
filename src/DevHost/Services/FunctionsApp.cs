using System.Net;

namespace Relais.DevHost.Services;

/// <summary>How to start the app: settings are its environment variables.</summary>
public sealed record FunctionsAppOptions
{
    /// <summary>The built app; the one beside the running program's configuration unless said otherwise.</summary>
    public string Assembly { get; init; } = FunctionsApp.DefaultAssembly;

    /// <summary>0 is any free port, kept over restarts.</summary>
    public int Port { get; init; }

    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>For settings whose names no environment variable may have: --Logging:LogLevel:Npgsql.Command=Trace</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Answers 200 once the app works.</summary>
    public string HealthPath { get; init; } = "/api/health/ready";

    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>The app as a process of its own, which can be stopped, killed and started again on the same port.</summary>
public sealed class FunctionsApp : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(40);
    private static readonly HttpClient Probe = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly Dictionary<string, string?> settings;
    private readonly FunctionsAppOptions options;
    private readonly Action<string>? onLine;
    private GuardedProcess? process;

    private FunctionsApp(FunctionsAppOptions options, int port, Action<string>? onLine)
    {
        this.options = options;
        settings = new(options.Settings);
        this.onLine = onLine;
        Url = new Uri($"http://127.0.0.1:{port}");
    }

    public static string DefaultAssembly { get; } = Path.Combine(
        DevPaths.Repository, "src", "Functions", "bin", Configuration(), "net10.0", "Relais.Functions.dll");

    public Uri Url { get; }

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

        var app = new FunctionsApp(options, Ports.FreeOr(options.Port), onLine);
        await app.StartAgainAsync(ct);
        return app;
    }

    /// <summary>Starts the app anew on the same port; whatever still runs is killed first.</summary>
    public async Task StartAgainAsync(CancellationToken ct = default)
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        process = GuardedProcess.Start(
            new ProcessSpec(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [options.Assembly, .. options.Arguments])
            {
                WorkingDirectory = Path.GetDirectoryName(options.Assembly),
                Environment = Settings(),
            },
            onLine);
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

    private Dictionary<string, string?> Settings() => new(settings)
    {
        ["ASPNETCORE_URLS"] = Url.ToString().TrimEnd('/'),
        ["DOTNET_gcServer"] = "0",
    };

    private async Task WaitUntilItAnswersAsync(CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();
        var health = new Uri(Url, options.HealthPath);
        while (!Running.HasExited)
        {
            if (await AnswersAsync(health, ct))
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(since) > options.StartLimit)
            {
                await KillAsync();
                throw new DevServiceException($"The app did not answer 200 at {health} in {options.StartLimit.TotalSeconds:0} s:\n{Log.Tail(40)}");
            }

            await Task.Delay(Poll, TimeProvider.System, ct);
        }

        throw new DevServiceException($"The app ended with {await Exited} while starting:\n{Log.Tail(40)}");
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
}
