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
/// The whole of it, for one test: the built app as a process of its own, on a database and a storage account of its own, the simulator
/// in this process, and the front door through which the simulator calls the app. Kill and start the app with <see cref="App"/>.
/// </summary>
public sealed class RelaisSystem : IAsyncDisposable
{
    private static readonly DemoTenant Tenant = DemoTenant.Taxi;

    // what they do at an hour of their own would come into a test at some times of the day
    private static readonly string[] TimedByTheClock = ["SyncNumbersOfAllTenants", "SyncWhatsAppSendersOfAllTenants", "RefreshUsageOfAllTenants", "ApplyRetention", "PurgeEndedOrchestrations"];

    private readonly RelaisSystemOptions options;
    private readonly DevState state;
    private readonly WebhookProxy door;
    private readonly List<FunctionsApp> apps = [];
    private readonly ConcurrentBag<HttpClient> clients = [];
    private readonly StorageProxy storage;
    private readonly OtlpCollector telemetry;
    private Dictionary<string, string?> settings = [];

    private RelaisSystem(RelaisSystemOptions options, DevState state, TestDatabase database, WebhookProxy door, TwilioSimulator simulator, LeakDetector watch, StorageProxy storage, OtlpCollector telemetry)
    {
        this.options = options;
        this.state = state;
        this.door = door;
        this.storage = storage;
        this.telemetry = telemetry;
        Database = database;
        Simulator = simulator;
        Watch = watch;
    }

    /// <summary>The WhatsApp sender of the tenant, as the provider writes it.</summary>
    public static string SenderAddress => Tenant.ProviderAddress;

    /// <summary>The sender's number, E.164.</summary>
    public static string SenderNumber => Tenant.Address;

    public static Guid SenderId => Tenant.SenderId;

    public static Guid TenantId => Tenant.Id;

    public static string AccountSid => Tenant.AccountSid;

    /// <summary>An approved template with one variable.</summary>
    public static string TemplateSid => DemoSimulator.InvitationSid;

    /// <summary>The sender as the provider writes it: whatsapp:+… or, on SMS, +….</summary>
    public string ProviderAddress => options.Channel == "whatsapp" ? Tenant.ProviderAddress : Tenant.Address;

    public TestDatabase Database { get; }

    /// <summary>Searches what leaves the app when the system is disposed: a leak fails the test.</summary>
    public LeakDetector Watch { get; }

    public TwilioSimulator Simulator { get; }

    /// <summary>The first instance, to which callbacks go.</summary>
    public FunctionsApp App => apps[0];

    public string ApiKey => state.ApiKey(Tenant);

    /// <summary>Each message that the app and its host have put into a queue so far; only of a watched system.</summary>
    public IReadOnlyList<QueuedMessage> QueueMessages => [.. storage.Messages];

    /// <summary>Connection string of the storage account with the queues of the app.</summary>
    public string StorageAccount => storage.Account;

    /// <summary>What the account signs its webhooks with.</summary>
    public string AuthToken => state.TwilioToken;

    /// <summary>What seals the accounts' tokens at rest, in base64.</summary>
    public string SecretsKey => state.SecretsKey;

    /// <summary>What hashes the addresses of erased persons, in base64.</summary>
    public string HashKey => state.HashKey;

    /// <summary>Base address /api/v1/, with the tenant's API key.</summary>
    public HttpClient Api { get; private set; } = null!;

    /// <summary>Where the provider's webhooks go; waits for an app that is being started again.</summary>
    public Uri PublicUrl => door.Url;

    public static async Task<RelaisSystem> StartAsync(PostgresFixture postgres, AzuriteFixture storage, RelaisSystemOptions? options = null)
    {
        options ??= new RelaisSystemOptions();
        var state = new DevState();
        var database = await postgres.CreateDatabaseAsync();
        await DemoSeed.RunAsync(database.Owner, state, options.Rate, CancellationToken.None);
        await database.ExecuteAsync("update senders set channel = @Channel where id = @SenderId", new { options.Channel, SenderId });

        var watch = new LeakDetector();
        var door = await WebhookProxy.StartAsync();
        // a start takes long on a busy machine; the simulated provider hangs up by itself
        door.AppTimeout = TimeSpan.FromSeconds(90);
        if (options.Watched)
        {
            door.OnForwarded = (request, body, answer) => ResponseRecorder.SeeAsync(watch, request, body, answer);
        }

        var tap = await StorageProxy.StartAsync(watch, storage.CreateAccount());
        var telemetry = await OtlpCollector.StartAsync(body => watch.Keep("what was exported", Encoding.UTF8.GetString(body)));
        var system = new RelaisSystem(options, state, database, door, await StartSimulatorAsync(options, state, door.Url), watch, tap, telemetry);
        system.Configure();
        door.App = (await system.AddAppAsync()).Url;
        system.Api = system.CreateApi(Tenant);
        return system;
    }

    /// <summary>One more instance of the app over the same data; callbacks go on to the first.</summary>
    public async Task<FunctionsApp> AddAppAsync()
    {
        var log = Watch.Log();
        void Take(string line)
        {
            if (options.Watched)
            {
                log.Write(line);
            }

            options.OnLine?.Invoke(line);
        }

        var app = await FunctionsApp.StartAsync(
            new FunctionsAppOptions { Settings = settings, Arguments = options.Verbose ? AppLog.VerboseArguments : [] }, Take);
        apps.Add(app);
        return app;
    }

    /// <summary>A client of the first instance with a demo tenant's API key, base address /api/v1/.</summary>
    internal HttpClient CreateApi(DemoTenant tenant)
    {
        var client = CreateClient(state.ApiKey(tenant));
        client.BaseAddress = new Uri(App.Url, "/api/v1/");
        return client;
    }

    /// <summary>A client of the first instance; null: without a credential.</summary>
    public HttpClient CreateClient(string? bearer)
    {
        var client = new HttpClient(new ResponseRecorder(Watch)) { BaseAddress = App.Url, Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        clients.Add(client);
        return client;
    }

    /// <exception cref="XunitException">A secret, a number or the text of a message left the app, or the app ended by itself.</exception>
    public async ValueTask DisposeAsync()
    {
        var died = apps.Where(app => app.Exited.IsCompletedSuccessfully && app.Exited.Result != 0).Select(app => $"The app ended with {app.Exited.Result}:\n{app.Log.Tail(40)}").ToList();
        foreach (var client in clients)
        {
            client.Dispose();
        }

        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }

        await Simulator.DisposeAsync();
        await door.DisposeAsync();
        await storage.DisposeAsync();
        await telemetry.DisposeAsync();
        try
        {
            if (options.Watched)
            {
                if (died.Count > 0)
                {
                    throw new XunitException(string.Join('\n', died));
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

    private static Task<TwilioSimulator> StartSimulatorAsync(RelaisSystemOptions options, DevState state, Uri door)
    {
        var demo = DemoSimulator.Options(state, 0, door);
        var senders = demo.Senders.Select(sender => sender.AccountSid == Tenant.AccountSid
            ? sender with { Address = options.Channel == "whatsapp" ? sender.Address : Tenant.Address, EnforceWindow = options.EnforceWindow }
            : sender);
        return TwilioSimulator.StartAsync(options.Simulator with { Accounts = demo.Accounts, Senders = [.. senders], Templates = demo.Templates, Port = 0 });
    }

    private void Configure()
    {
        var connections = new AppConnections(Database.App, Database.System, options.Watched ? storage.ConnectionString : storage.Account);
        settings = AppSettings.Create(connections, state, door.Url, Simulator.BaseUrl);
        if (options.Watched)
        {
            settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = telemetry.Url.ToString();
        }

        foreach (var function in TimedByTheClock)
        {
            settings[$"AzureWebJobs.{function}.Disabled"] = "true";
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
