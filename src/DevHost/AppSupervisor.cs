using Relais.DevHost.Services;

namespace Relais.DevHost;

/// <summary>Runs the app, writes its output to a log file, and restarts it on the same port when its host ends.</summary>
internal sealed class AppSupervisor : IAsyncDisposable
{
    private readonly FunctionsApp app;
    private readonly TextWriter log;
    private readonly Supervisor supervisor;

    private AppSupervisor(FunctionsApp app, Screen screen, TextWriter log)
    {
        this.app = app;
        this.log = log;
        supervisor = new Supervisor("the app", () => app.Exited, app.StartAgainAsync, screen);
    }

    public Uri Url => app.Url;

    /// <summary>Completes with an exception when the app cannot be restarted.</summary>
    public Task Failed => supervisor.Failed;

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
        await supervisor.DisposeAsync();
        await app.DisposeAsync();
        await log.DisposeAsync();
    }
}
