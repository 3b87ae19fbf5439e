using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Relais.DevHost.Services;

namespace Relais.Kit;

/// <summary>How to start src/FunctionsHost; the settings are its environment variables.</summary>
public sealed record FunctionsHostOptions(string AppFolder)
{
    public int Port { get; init; } = Ports.Free();

    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Answers below 500 once the functions run.</summary>
    public string HealthPath { get; init; } = "/api/ping";
}

/// <summary>A process of src/FunctionsHost, which runs a built app; it can be killed and started again on its port.</summary>
public sealed partial class FunctionsHostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(40);

    private readonly FunctionsHostOptions options;
    private GuardedProcess process;

    private FunctionsHostProcess(FunctionsHostOptions options)
    {
        this.options = options;
        process = Start();
        Http = new HttpClient { BaseAddress = new Uri(Url, "/api/"), Timeout = TimeSpan.FromSeconds(100) };
    }

    public Uri Url => new($"http://127.0.0.1:{options.Port}");

    /// <summary>Base address /api/.</summary>
    public HttpClient Http { get; }

    public RingLog Log => process.Log;

    /// <summary>Ends with the exit code.</summary>
    public Task<int> Exited => process.Exited;

    /// <summary>The process of the worker that was started last.</summary>
    public int WorkerProcessId => int.Parse(WorkerLine().Matches(Log.Tail(10_000))[^1].Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>Starts the host and waits until the app answers.</summary>
    public static async Task<FunctionsHostProcess> StartAsync(FunctionsHostOptions options)
    {
        var host = new FunctionsHostProcess(options);
        await host.WaitUntilItAnswersAsync();
        return host;
    }

    /// <summary>Starts the host for a fault at its start, and returns its exit code and everything it wrote.</summary>
    public static async Task<(int Code, string Text)> FailAsync(FunctionsHostOptions options)
    {
        await using var host = new FunctionsHostProcess(options);
        return (await host.Exited.WaitAsync(StartLimit), host.Log.Tail(200));
    }

    /// <summary>Starts the host again with the same port and settings, after it has ended.</summary>
    public async Task StartAgainAsync()
    {
        await process.DisposeAsync();
        process = Start();
        await WaitUntilItAnswersAsync();
    }

    public async Task<bool> AnswersAsync()
    {
        try
        {
            using var response = await Http.GetAsync(new Uri(Url, options.HealthPath));
            return (int)response.StatusCode < 500;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>SIGTERM: the host drains.</summary>
    public Task<int> StopAsync() => process.StopAsync(DrainLimit);

    /// <summary>SIGKILL of the host alone; its worker has to end by itself.</summary>
    public async Task KillAsync()
    {
        using var host = Process.GetProcessById(process.Id);
        host.Kill();
        await Exited;
    }

    /// <summary>Any signal to the host alone, such as STOP and CONT.</summary>
    public async Task SignalAsync(string name)
    {
        await using var kill = GuardedProcess.Start(new ProcessSpec("kill", $"-{name}", $"{process.Id}"));
        await kill.Exited;
    }

    /// <summary>SIGKILL of the worker.</summary>
    public void KillWorker()
    {
        using var worker = Process.GetProcessById(WorkerProcessId);
        worker.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await process.StopAsync(DrainLimit);
        await process.DisposeAsync();
    }

    private GuardedProcess Start() => GuardedProcess.Start(new ProcessSpec("dotnet", [Assembly(), options.AppFolder, "--port", $"{options.Port}", .. options.Arguments])
    {
        Environment = options.Settings,
    });

    private async Task WaitUntilItAnswersAsync()
    {
        await Wait.UntilAsync(async () => process.HasExited || await AnswersAsync(), StartLimit);
        if (process.HasExited)
        {
            throw new DevServiceException($"The Functions host ended with {await Exited} while starting:\n{Log.Tail(40)}");
        }
    }

    private static string Assembly()
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        return Path.Combine(DevPaths.Repository, "src", "FunctionsHost", "bin", configuration, "net10.0", "FunctionsHost.dll");
    }

    [GeneratedRegex(@"The worker runs as process (\d+) ")]
    private static partial Regex WorkerLine();
}
