using System.Net.Http.Headers;
using Relais.DevHost;
using Relais.DevHost.Demo;
using Relais.DevHost.Seed;
using Relais.DevHost.Services;
using Relais.Simulators;

namespace Relais.Kit;

/// <summary>
/// The whole of it, for one test: the built app as a process of its own, on a database and a storage account of its own, the simulator
/// in this process, and the front door through which the simulator calls the app. Kill and start the app with <see cref="App"/>.
/// </summary>
public sealed class RelaisSystem : IAsyncDisposable
{
    private static readonly DemoTenant Tenant = DemoTenant.Taxi;

    private readonly RelaisSystemOptions options;
    private readonly DevState state;
    private readonly FrontDoor door;
    private readonly List<FunctionsApp> apps = [];
    private readonly List<HttpClient> clients = [];
    private Dictionary<string, string?> settings = [];

    private RelaisSystem(RelaisSystemOptions options, DevState state, TestDatabase database, FrontDoor door, TwilioSimulator simulator)
    {
        this.options = options;
        this.state = state;
        this.door = door;
        Database = database;
        Simulator = simulator;
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

    public TwilioSimulator Simulator { get; }

    /// <summary>The first instance, to which callbacks go.</summary>
    public FunctionsApp App => apps[0];

    public string ApiKey => state.ApiKey(Tenant);

    /// <summary>What the account signs its webhooks with.</summary>
    public string AuthToken => state.TwilioToken;

    /// <summary>What seals the accounts' tokens at rest, in base64.</summary>
    public string SecretsKey => state.SecretsKey;

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

        var port = Ports.Free();
        var door = await FrontDoor.StartAsync(new Uri($"http://127.0.0.1:{port}"));
        var system = new RelaisSystem(options, state, database, door, await StartSimulatorAsync(options, state, door.Url));
        system.settings = AppSettings.For(new AppConnections(database.App, database.System, database.Durable, storage.CreateAccount()), state, door.Url, system.Simulator.BaseUrl);
        foreach (var (name, value) in options.Settings)
        {
            system.settings[name] = value;
        }

        await system.AddAppAsync(port);
        system.Api = system.CreateClient(system.ApiKey);
        system.Api.BaseAddress = new Uri(system.App.Url, "/api/v1/");
        return system;
    }

    /// <summary>One more instance of the app over the same data; callbacks go on to the first.</summary>
    public Task<FunctionsApp> AddAppAsync() => AddAppAsync(0);

    /// <summary>A client of the first instance; null: without a credential.</summary>
    public HttpClient CreateClient(string? bearer)
    {
        var client = new HttpClient { BaseAddress = App.Url, Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }

        await Simulator.DisposeAsync();
        await door.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static Task<TwilioSimulator> StartSimulatorAsync(RelaisSystemOptions options, DevState state, Uri door)
    {
        var demo = DemoSimulator.Options(state, 0, door);
        var senders = demo.Senders.Select(sender => sender.AccountSid == Tenant.AccountSid
            ? sender with { Address = options.Channel == "whatsapp" ? sender.Address : Tenant.Address, EnforceWindow = options.EnforceWindow }
            : sender);
        return TwilioSimulator.StartAsync(options.Simulator with { Accounts = demo.Accounts, Senders = [.. senders], Templates = demo.Templates, Port = 0 });
    }

    private async Task<FunctionsApp> AddAppAsync(int port)
    {
        var app = await FunctionsApp.StartAsync(new FunctionsAppOptions { Port = port, Settings = settings }, options.OnLine);
        apps.Add(app);
        return app;
    }
}
