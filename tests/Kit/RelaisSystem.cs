using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Npgsql;
using Relais.DevHost;
using Relais.DevHost.Demo;
using Relais.DevHost.Seed;
using Relais.DevHost.Services;
using Relais.Kit.Leaks;
using Relais.Simulators;
using Xunit.Sdk;

namespace Relais.Kit;

/// <summary>
/// The whole system for one test: the built app as its own process with its own database and storage account, and in this process the
/// simulator and the proxy through which the simulator calls the app. Kill and restart the app with <see cref="App"/>.
/// </summary>
public sealed class RelaisSystem : IAsyncDisposable
{
    private static readonly DemoTenant Tenant = DemoTenant.Taxi;

    // These timers fire at fixed hours and would disturb a test at some times of the day.
    private static readonly string[] DailyTimers =
    [
        "SyncNumbersOfAllTenants", "SyncWhatsAppSendersOfAllTenants", "RefreshUsageOfAllTenants", "ApplyRetention",
        "PurgeEndedOrchestrations",
    ];

    private readonly RelaisSystemOptions options;
    private readonly DevState state;
    private readonly WebhookProxy proxy;
    private readonly List<FunctionsApp> apps = [];
    private readonly ConcurrentBag<HttpClient> clients = [];
    private readonly StorageProxy storage;
    private readonly OtlpCollector telemetry;
    private Dictionary<string, string?> settings = [];

    private RelaisSystem(
        RelaisSystemOptions options, DevState state, TestDatabase database, WebhookProxy proxy, TwilioSimulator simulator,
        LeakDetector detector, StorageProxy storage, OtlpCollector telemetry)
    {
        this.options = options;
        this.state = state;
        this.proxy = proxy;
        this.storage = storage;
        this.telemetry = telemetry;
        Database = database;
        Simulator = simulator;
        Watch = detector;
    }

    /// <summary>WhatsApp address of the tenant's sender in Twilio's form: whatsapp:+….</summary>
    public static string SenderAddress => Tenant.ProviderAddress;

    /// <summary>Phone number of the tenant's sender in E.164 form.</summary>
    public static string SenderNumber => Tenant.Address;

    public static Guid SenderId => Tenant.SenderId;

    public static Guid TenantId => Tenant.Id;

    public static string AccountSid => Tenant.AccountSid;

    /// <summary>An approved template with one variable.</summary>
    public static string TemplateSid => DemoSimulator.InvitationSid;

    /// <summary>Address of the sender in Twilio's form: whatsapp:+… or, for SMS, +….</summary>
    public string ProviderAddress => options.Channel == "whatsapp" ? Tenant.ProviderAddress : Tenant.Address;

    public TestDatabase Database { get; }

    /// <summary>Collects the outputs of the app. A leak fails the test when the system is disposed.</summary>
    public LeakDetector Watch { get; }

    public TwilioSimulator Simulator { get; }

    /// <summary>The first instance of the app, which receives the callbacks.</summary>
    public FunctionsApp App => apps[0];

    public string ApiKey => state.ApiKey(Tenant);

    /// <summary>Messages that the app and its host have put into queues so far. It is empty unless the system is watched.</summary>
    public IReadOnlyList<QueuedMessage> QueueMessages => [.. storage.Messages];

    /// <summary>Connection string of the storage account with the queues of the app.</summary>
    public string StorageAccount => storage.Account;

    /// <summary>Auth token that signs the webhooks of the account.</summary>
    public string AuthToken => state.TwilioToken;

    /// <summary>Key that encrypts the auth tokens at rest, in base64.</summary>
    public string SecretsKey => state.SecretsKey;

    /// <summary>Key that hashes the addresses of erased people, in base64.</summary>
    public string HashKey => state.HashKey;

    /// <summary>Client with the tenant's API key and the base address /api/v1/.</summary>
    public HttpClient Api { get; private set; } = null!;

    /// <summary>Address for the provider's webhooks. Requests wait while the app restarts.</summary>
    public Uri PublicUrl => proxy.Url;

    public static async Task<RelaisSystem> StartAsync(PostgresFixture postgres, AzuriteFixture storage, RelaisSystemOptions? options = null)
    {
        options ??= new RelaisSystemOptions();
        var state = new DevState();
        var database = await postgres.CreateDatabaseAsync();
        await DemoSeed.RunAsync(database.Owner, state, options.Rate, CancellationToken.None);
        await database.ExecuteAsync("update senders set channel = @Channel where id = @SenderId", new { options.Channel, SenderId });

        var detector = new LeakDetector();
        var proxy = await WebhookProxy.StartAsync();
        // The app starts slowly on a busy machine, and the simulated provider has its own timeout.
        proxy.AppTimeout = TimeSpan.FromSeconds(90);
        if (options.Watched)
        {
            proxy.OnForwarded = (request, body, answer) => ResponseRecorder.SeeAsync(detector, request, body, answer);
        }

        var storageProxy = await StorageProxy.StartAsync(detector, storage.CreateAccount());
        var telemetry = await OtlpCollector.StartAsync(body => detector.Keep("what was exported", Encoding.UTF8.GetString(body)));
        var system = new RelaisSystem(
            options, state, database, proxy, await StartSimulatorAsync(options, state, proxy.Url), detector, storageProxy, telemetry);
        system.Configure();
        proxy.App = (await system.AddAppAsync()).Url;
        system.Api = system.CreateApi(Tenant);
        return system;
    }

    /// <summary>Starts one more instance of the app on the same data. Callbacks still go to the first instance.</summary>
    public async Task<FunctionsApp> AddAppAsync()
    {
        var log = Watch.Log();
        void Write(string line)
        {
            if (options.Watched)
            {
                log.Write(line);
            }

            options.OnLine?.Invoke(line);
        }

        var app = await FunctionsApp.StartAsync(
            new FunctionsAppOptions { Settings = settings, Arguments = options.Verbose ? AppLog.VerboseArguments : [] }, Write);
        apps.Add(app);
        return app;
    }

    /// <summary>Creates a client of the first instance with a demo tenant's API key and the base address /api/v1/.</summary>
    internal HttpClient CreateApi(DemoTenant tenant)
    {
        var client = CreateClient(state.ApiKey(tenant));
        client.BaseAddress = new Uri(App.Url, "/api/v1/");
        return client;
    }

    /// <summary>Creates a client of the first instance; null: without a credential.</summary>
    public HttpClient CreateClient(string? bearer)
    {
        var client = new HttpClient(new ResponseRecorder(Watch)) { BaseAddress = App.Url, Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        clients.Add(client);
        return client;
    }

    /// <exception cref="XunitException">A secret, a phone number or the text of a message leaked, or the app ended
    /// unexpectedly.</exception>
    public async ValueTask DisposeAsync()
    {
        var crashes = apps.Where(app => app.Exited.IsCompletedSuccessfully && app.Exited.Result != 0)
            .Select(app => $"The app ended with {app.Exited.Result}:\n{app.Log.Tail(40)}").ToList();
        foreach (var client in clients)
        {
            client.Dispose();
        }

        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }

        await Simulator.DisposeAsync();
        await proxy.DisposeAsync();
        await storage.DisposeAsync();
        await telemetry.DisposeAsync();
        try
        {
            if (options.Watched)
            {
                if (crashes.Count > 0)
                {
                    throw new XunitException(string.Join('\n', crashes));
                }

                await Watch.PlantTokensAsync(Database.Superuser, state.Secrets().Open);
                await Watch.AssertNoneAsync(Database);
            }
        }
        finally
        {
            await Watch.DisposeAsync();
            await Database.DisposeAsync();
        }
    }

    private static Task<TwilioSimulator> StartSimulatorAsync(RelaisSystemOptions options, DevState state, Uri proxy)
    {
        var demo = DemoSimulator.Options(state, 0, proxy);
        var senders = demo.Senders.Select(sender => sender.AccountSid == Tenant.AccountSid
            ? sender with
            {
                Address = options.Channel == "whatsapp" ? sender.Address : Tenant.Address,
                EnforceWindow = options.EnforceWindow,
            }
            : sender);
        return TwilioSimulator.StartAsync(
            options.Simulator with { Accounts = demo.Accounts, Senders = [.. senders], Templates = demo.Templates, Port = 0 });
    }

    private void Configure()
    {
        var connections = new AppConnections(Database.App, Database.System, options.Watched ? storage.ConnectionString : storage.Account);
        settings = AppSettings.Create(connections, state, proxy.Url, Simulator.BaseUrl);
        if (options.Watched)
        {
            settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = telemetry.Url.ToString();
        }

        foreach (var function in DailyTimers)
        {
            settings[$"AzureWebJobs__{function}__Disabled"] = "true";
        }

        foreach (var (name, value) in AppLog.Verbose.Where(_ => options.Verbose).Concat(options.Settings))
        {
            settings[name] = value;
        }

        Watch.Planted.Add("auth token", state.TwilioToken);
        Watch.Planted.Add("hash key", state.HashKey);
        foreach (var (name, value) in settings.Where(setting => setting.Key.StartsWith("Secrets__Keys__", StringComparison.Ordinal)))
        {
            Watch.Planted.Add(name, value);
        }

        foreach (var connection in new[] { Database.App, Database.System })
        {
            Watch.Planted.Add("password of the database", new NpgsqlConnectionStringBuilder(connection).Password);
        }

        Watch.Planted.Add("key of the storage account", storage.AccountKey);
    }
}
