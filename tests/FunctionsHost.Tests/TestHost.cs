using Relais.DevHost.Services;

namespace FunctionsHost.Tests;

/// <summary>The host on an app, with a client of its functions.</summary>
public sealed class TestHost : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private TestHost(FunctionsApp process)
    {
        Process = process;
        Http = new HttpClient { BaseAddress = new Uri(process.Url, "/api/"), Timeout = TimeSpan.FromSeconds(100) };
    }

    public FunctionsApp Process { get; }

    /// <summary>Base address /api/.</summary>
    public HttpClient Http { get; }

    public Uri Url => Process.Url;

    /// <summary>Starts the host and waits until the app answers.</summary>
    public static async Task<TestHost> StartAsync(FunctionsAppOptions options) => new(await FunctionsApp.StartAsync(options));

    /// <summary>Starts the host for a fault at its start, and returns its exit code and everything it wrote.</summary>
    public static async Task<(int Code, string Text)> FailAsync(FunctionsAppOptions options, Action<string>? onLine = null)
    {
        var port = options.Port == 0 ? Ports.Free() : options.Port;
        await using var host = GuardedProcess.Start(
            new ProcessSpec(options.Host.File, [.. options.Host.Arguments(options.Folder, port), .. options.Arguments])
            {
                Environment = options.Settings,
            },
            onLine);
        return (await host.Exited.WaitAsync(StartLimit), host.Log.Tail(200));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
    }
}
