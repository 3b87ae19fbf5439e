using Relais.DevHost.Demo;
using Relais.DevHost.Issuer;
using Relais.DevHost.Seed;
using Relais.DevHost.Services;
using Relais.Simulators;

namespace Relais.DevHost;

/// <summary>Starts all servers and the app, runs the demo, waits for Ctrl-C, and stops everything in reverse order.</summary>
internal static class DevRun
{
    public static async Task<int> RunAsync(HostOptions options, Screen screen, CancellationToken ct)
    {
        using var runLock = FileLock.TryAcquire(Path.Combine(DevState.Folder, "devhost.lock"))
            ?? throw new DevServiceException($"Another DevHost of this clone is running ({DevState.Folder}). Stop it first.");
        if (options.Fresh)
        {
            DevStateFile.DeleteAll();
        }

        var state = DevStateFile.Load();
        DevStateFile.Save(state);
        screen.Title("Relais");
        await using var servers = await DevServers.StartAsync(state, screen, ct);
        await DemoSeed.RunAsync(servers.Owner, servers.State, options.Rate, ct);
        await using var issuer = await DevIssuer.StartAsync(
            new DevIssuerOptions { Port = servers.State.IssuerPort, Key = servers.State.IssuerKey }, ct);
        await DemoMembers.RunAsync(servers.Owner, issuer.Address, ct);
        screen.Done("PostgreSQL and Azurite are running, and the demo tenants are in the database");

        await using var proxy = await WebhookProxy.StartAsync(servers.State.DoorPort, ct);
        await using var simulator = await Ports.ListenAsync(
            servers.State.SimulatorPort, port => TwilioSimulator.StartAsync(DemoSimulator.Options(servers.State, port, proxy.Url), ct));
        var appOptions = new FunctionsAppOptions
        {
            Host = options.Host,
            Port = servers.State.AppPort,
            Settings = AppSettings.Create(servers.Connections, servers.State, proxy.Url, simulator.BaseUrl, issuer),
        };
        await using var app = await AppSupervisor.StartAsync(appOptions, screen, ct);
        proxy.App = app.Url;
        SavePorts(servers.State, app, proxy, simulator, issuer);
        screen.Done($"the app is ready at {app.Url}");
        return await RunDemoAsync(options, servers, proxy, simulator, app, issuer, screen, ct);
    }

    /// <summary>The next run uses the same ports.</summary>
    private static void SavePorts(
        DevState state, AppSupervisor app, WebhookProxy proxy, TwilioSimulator simulator, DevIssuer issuer)
    {
        var newState = state with
        {
            AppPort = app.Url.Port,
            DoorPort = proxy.Url.Port,
            SimulatorPort = simulator.BaseUrl.Port,
            IssuerPort = new Uri(issuer.Address).Port,
        };
        DevStateFile.Save(newState);
    }

    /// <summary>Runs the demo and waits for Ctrl-C; fails when the app cannot be restarted.</summary>
    private static async Task<int> RunDemoAsync(
        HostOptions options, DevServers servers, WebhookProxy proxy, TwilioSimulator simulator, AppSupervisor app, DevIssuer issuer,
        Screen screen, CancellationToken ct)
    {
        using var stopDemo = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var work = DemoAsync(options, servers, proxy, simulator, app, issuer, screen, stopDemo.Token);
        await Task.WhenAny(work, app.Failed);
        if (!work.IsCompleted)
        {
            await stopDemo.CancelAsync();
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await app.Failed;
        }

        return await work;
    }

    private static async Task<int> DemoAsync(
        HostOptions options, DevServers servers, WebhookProxy proxy, TwilioSimulator simulator, AppSupervisor app, DevIssuer issuer,
        Screen screen, CancellationToken ct)
    {
        var exitCode = 0;
        if (!options.NoDemo)
        {
            using var api = new RelaisApi(app.Url, servers.State.ApiKey(DemoTenant.Taxi));
            var demo = new CampaignDemo(api, simulator, servers.System, screen);
            var report = await demo.RunAsync(options.Contacts, options.Rate, ct);
            Summary.Show(screen, report, options.Rate);
            exitCode = report.IsEqual ? 0 : 1;
        }

        if (!options.DemoAndExit)
        {
            ShowAddresses(screen, servers, proxy, simulator, app, issuer);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        }

        return exitCode;
    }

    private static void ShowAddresses(
        Screen screen, DevServers servers, WebhookProxy proxy, TwilioSimulator simulator, AppSupervisor app, DevIssuer issuer)
    {
        screen.List("Up until Ctrl-C",
        [
            ("app", $"{app.Url}api/"),
            ("webhooks, and what they sign", $"{proxy.Url}api/webhook-router"),
            ("simulator", $"{simulator.BaseUrl} (shows the sent messages, and can reply as a recipient)"),
            ("issuer of access tokens", $"{issuer.Address} (audience {issuer.Audience})"),
            ("an access token",
                $"curl -s {issuer.Address}/token -d grant_type=password -d username={DemoUser.Awa.Email} -d password={DemoUser.Password}"),
            ("log of the app", DevState.LogFile),
            ("database, every row", servers.Administrator),
            ("database, as owner", servers.Owner),
            ("database, as app", servers.App),
            ("storage", servers.Storage),
            .. DemoTenant.All.Select(tenant => ($"API key of {tenant.Name}", servers.State.ApiKey(tenant))),
            .. DemoTenant.All.Select(tenant => ($"account of {tenant.Name}", tenant.AccountSid)),
            ("auth token of these accounts", $"{servers.State.TwilioToken} (valid at the simulator only)"),
        ]);
        screen.Note(
            "Row-level security hides the rows of tenants from owner and app; the administrator of \"database, every row\" sees them.");
    }
}
