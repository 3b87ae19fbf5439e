using System.Net.Http.Headers;
using Relais.DevHost;
using Relais.DevHost.Demo;
using Relais.DevHost.Seed;
using Relais.DevHost.Services;
using Relais.Simulators;

namespace Relais.Kit;

/// <summary>How the system under test should be.</summary>
public sealed record RelaisSystemOptions
{
    /// <summary>Messages per second of the sender.</summary>
    public int Rate { get; init; } = 50;

    /// <summary>What the provider does; accounts, senders, templates and port are filled in.</summary>
    public TwilioSimulatorOptions Simulator { get; init; } = new();

    /// <summary>Further settings of the app.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();
}

/// <summary>
/// The whole of it, for one test: the built app as a process of its own, on a database and a storage account of its own, the simulator
/// in this process, and the front door through which the simulator calls the app. Kill and start the app with <see cref="App"/>.
/// </summary>
public sealed class RelaisSystem : IAsyncDisposable
{
    private static readonly DemoTenant Tenant = DemoTenant.Taxi;

    private readonly FrontDoor door;

    private RelaisSystem(TestDatabase database, FrontDoor door, TwilioSimulator simulator, FunctionsApp app, DevState state)
    {
        AuthToken = state.TwilioToken;
        SecretsKey = state.SecretsKey;
        this.door = door;
        Database = database;
        Simulator = simulator;
        App = app;
        ApiKey = state.ApiKey(Tenant);
        Api = Client(app.Url, ApiKey);
    }

    /// <summary>The WhatsApp sender of the tenant, as the provider writes it.</summary>
    public static string SenderAddress => Tenant.ProviderAddress;

    public static Guid SenderId => Tenant.SenderId;

    public static Guid TenantId => Tenant.Id;

    public static string AccountSid => Tenant.AccountSid;

    /// <summary>An approved template with one variable.</summary>
    public static string TemplateSid => DemoSimulator.InvitationSid;

    public TestDatabase Database { get; }

    public TwilioSimulator Simulator { get; }

    public FunctionsApp App { get; }

    public string ApiKey { get; }

    /// <summary>What the account signs its webhooks with.</summary>
    public string AuthToken { get; }

    /// <summary>What seals the accounts' tokens at rest, in base64.</summary>
    public string SecretsKey { get; }

    /// <summary>Base address /api/v1/, with the tenant's API key.</summary>
    public HttpClient Api { get; }

    /// <summary>Where the provider's webhooks go; waits for an app that is being started again.</summary>
    public Uri PublicUrl => door.Url;

    public static async Task<RelaisSystem> StartAsync(PostgresFixture postgres, AzuriteFixture storage, RelaisSystemOptions? options = null)
    {
        options ??= new RelaisSystemOptions();
        var state = new DevState();
        var database = await postgres.CreateDatabaseAsync();
        await DemoSeed.RunAsync(database.Owner, state, options.Rate, CancellationToken.None);

        var port = Ports.Free();
        var door = await FrontDoor.StartAsync(new Uri($"http://127.0.0.1:{port}"));
        var demo = DemoSimulator.Options(state, 0, door.Url);
        var simulator = await TwilioSimulator.StartAsync(options.Simulator with { Accounts = demo.Accounts, Senders = demo.Senders, Templates = demo.Templates, Port = 0 });
        var settings = AppSettings.For(new AppConnections(database.App, database.System, database.Durable, storage.CreateAccount()), state, door.Url, simulator.BaseUrl);
        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        var app = await FunctionsApp.StartAsync(new FunctionsAppOptions { Port = port, Settings = settings });
        return new RelaisSystem(database, door, simulator, app, state);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await App.DisposeAsync();
        await Simulator.DisposeAsync();
        await door.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static HttpClient Client(Uri app, string apiKey)
    {
        var client = new HttpClient { BaseAddress = new Uri(app, "/api/v1/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        return client;
    }
}
