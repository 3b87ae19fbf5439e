using Relais.DevHost.Services;

namespace Relais.DevHost;

/// <summary>Starts everything in order, runs the demo, waits, stops everything in the opposite order.</summary>
internal static class DevRun
{
    public static async Task<int> RunAsync(HostOptions options, Screen screen, CancellationToken ct)
    {
        using var alone = FileLock.TryAcquire(Path.Combine(DevState.Folder, "devhost.lock"))
            ?? throw new DevServiceException($"A DevHost of this clone is already running ({DevState.Folder}).");
        if (options.Fresh)
        {
            DevState.Forget();
        }

        var state = DevState.Load();
        state.Save();
        screen.Title("Relais");
        await using var servers = await DevServers.StartAsync(state, screen, ct);
        servers.State.Save();
        screen.Done("PostgreSQL and Azurite are up");
        await using var app = await AppSupervisor.StartAsync(AppSettings.For(servers), screen, ct);
        (servers.State with { AppPort = app.Url.Port }).Save();
        screen.Done($"the app answers at {app.Url}");
        ShowAddresses(screen, servers, app);
        screen.Note("Ctrl-C stops everything");
        await Task.WhenAny(app.Broken, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct));
        ct.ThrowIfCancellationRequested();
        await app.Broken;
        return 0;
    }

    private static void ShowAddresses(Screen screen, DevServers servers, AppSupervisor app) =>
        screen.Table("Addresses",
        [
            ("app", $"{app.Url}api/"),
            ("log of the app", DevState.LogFile),
            ("database (owner)", servers.Owner),
            ("database (app)", servers.App),
            ("storage", servers.Storage),
        ]);
}
