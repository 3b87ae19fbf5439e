using Relais.DevHost.Demo;
using Relais.DevHost.Issuer;
using Relais.DevHost.Seed;
using Relais.DevHost.Services;
using Relais.Simulators;

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
        await DemoSeed.RunAsync(servers.Owner, servers.State, options.Rate, ct);
        await using var issuer = await DevIssuer.StartAsync(new DevIssuerOptions { Port = servers.State.IssuerPort, Key = servers.State.IssuerKey }, ct);
        await DemoMembers.RunAsync(servers.Owner, issuer.Address, ct);
        screen.Done("PostgreSQL and Azurite are up, the demo tenants are in");

        await using var door = await WebhookProxy.StartAsync(servers.State.DoorPort, ct);
        await using var simulator = await Ports.ListenAsync(
            servers.State.SimulatorPort, port => TwilioSimulator.StartAsync(DemoSimulator.Options(servers.State, port, door.Url), ct));
        await using var app = await AppSupervisor.StartAsync(
            new FunctionsAppOptions { Host = options.Host, Port = servers.State.AppPort, Settings = AppSettings.Create(servers.Connections, servers.State, door.Url, simulator.BaseUrl, issuer) }, screen, ct);
        door.App = app.Url;
        (servers.State with
        {
            AppPort = app.Url.Port,
            DoorPort = door.Url.Port,
            SimulatorPort = simulator.BaseUrl.Port,
            IssuerPort = new Uri(issuer.Address).Port,
        }).Save();
        screen.Done($"the app answers at {app.Url}");

        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var work = DemoAsync(options, servers, door, simulator, app, issuer, screen, either.Token);
        await Task.WhenAny(work, app.Failed);
        if (!work.IsCompleted)
        {
            await either.CancelAsync();
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await app.Failed;
        }

        return await work;
    }

    private static async Task<int> DemoAsync(
        HostOptions options, DevServers servers, WebhookProxy door, TwilioSimulator simulator, AppSupervisor app, DevIssuer issuer, Screen screen, CancellationToken ct)
    {
        var exitCode = 0;
        if (!options.NoDemo)
        {
            using var api = new RelaisApi(app.Url, servers.State.ApiKey(DemoTenant.Taxi));
            var report = await new CampaignDemo(api, simulator, servers.System, screen).RunAsync(options.Contacts, options.Rate, ct);
            Summary.Show(screen, report, options.Rate);
            exitCode = report.HasNoDifference ? 0 : 1;
        }

        if (!options.DemoAndExit)
        {
            ShowAddresses(screen, servers, door, simulator, app, issuer);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        }

        return exitCode;
    }

    private static void ShowAddresses(
        Screen screen, DevServers servers, WebhookProxy door, TwilioSimulator simulator, AppSupervisor app, DevIssuer issuer)
    {
        screen.List("Up until Ctrl-C",
        [
            ("app", $"{app.Url}api/"),
            ("webhooks, and what they sign", $"{door.Url}api/webhook-router"),
            ("simulator", $"{simulator.BaseUrl} (see what was sent, answer as a recipient)"),
            ("issuer of access tokens", $"{issuer.Address} (audience {issuer.Audience})"),
            ("an access token", $"curl -s {issuer.Address}/token -d grant_type=password -d username={DemoUser.Awa.Email} -d password={DemoUser.Password}"),
            ("log of the app", DevState.LogFile),
            ("database, every row", servers.Administrator),
            ("database, as owner", servers.Owner),
            ("database, as app", servers.App),
            ("storage", servers.Storage),
            .. DemoTenant.All.Select(tenant => ($"API key of {tenant.Name}", servers.State.ApiKey(tenant))),
            .. DemoTenant.All.Select(tenant => ($"account of {tenant.Name}", tenant.AccountSid)),
            ("auth token of these accounts", $"{servers.State.TwilioToken} (the simulator's: for development only)"),
        ]);
        screen.Note("Row-level security hides the rows of tenants from owner and app; the administrator of \"database, every row\" sees them.");
    }
}
