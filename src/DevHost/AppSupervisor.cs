using Relais.DevHost.Services;

namespace Relais.DevHost;

/// <summary>Keeps the app running: when its process dies, it is started again on the same port.</summary>
internal sealed class AppSupervisor : IAsyncDisposable
{
    private const int Attempts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly FunctionsApp app;
    private readonly Screen screen;
    private readonly TextWriter log;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task watching;

    private AppSupervisor(FunctionsApp app, Screen screen, TextWriter log)
    {
        this.app = app;
        this.screen = screen;
        this.log = log;
        watching = WatchAsync();
    }

    public Uri Url => app.Url;

    /// <summary>How often the app was started again.</summary>
    public int Restarts { get; private set; }

    /// <summary>Ends, with an exception, when the app cannot be kept running.</summary>
    public Task Broken => watching;

    public static async Task<AppSupervisor> StartAsync(FunctionsAppOptions options, Screen screen, CancellationToken ct)
    {
        var log = TextWriter.Synchronized(new StreamWriter(DevState.LogFile, append: false) { AutoFlush = true });
        try
        {
            return new AppSupervisor(await FunctionsApp.StartAsync(options, log.WriteLine, ct), screen, log);
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.DisposeAsync();
        await log.DisposeAsync();
        stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            int exitCode;
            try
            {
                exitCode = await app.Exited.WaitAsync(stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            screen.Warn($"the app ended with {exitCode}; starting it again");
            await StartAgainAsync();
            Restarts++;
            screen.Done("the app is back");
        }
    }

    private async Task StartAgainAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await app.StartAgainAsync(stopping.Token);
                return;
            }
            catch (DevServiceException) when (attempt < Attempts)
            {
                await Task.Delay(Pause, TimeProvider.System, stopping.Token);
            }
        }
    }
}
