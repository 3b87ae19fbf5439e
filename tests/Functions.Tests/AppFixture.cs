using Functions.Tests.Campaigns;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Relais;
using Relais.Kit;
using Relais.Kit.Leaks;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Platform.Queues;
using Relais.Platform.Secrets;

namespace Functions.Tests;

/// <summary>
/// The services of the app on a test database, with a clock that stands still, test keys and no queues. A derived fixture replaces more
/// services in <see cref="Replace"/>.
/// </summary>
internal abstract class AppFixture : IAsyncDisposable
{
    public const string PublicUrl = "https://relais.example";

    private readonly Lazy<ServiceProvider> services;

    protected AppFixture(TestDatabase database, DateTimeOffset? start = null)
    {
        RowMapping.Configure();
        Database = database;
        Clock = new FixedClock(start);
        services = new Lazy<ServiceProvider>(Build);
    }

    public FixedClock Clock { get; }

    /// <summary>The log of the services. Disposing the fixture fails if it contains phone numbers, message texts or secrets.</summary>
    public CollectedLog Log { get; } = new();

    public SecretBox Secrets { get; } = new(new Dictionary<string, byte[]> { ["k1"] = new byte[32] }, "k1");

    public AddressHash Hash { get; } = new(new byte[32]);

    public FakeDurableClient Durable { get; } = new();

    public TenantDb Db => Get<TenantDb>();

    public SystemDb SystemDb => Get<SystemDb>();

    protected TestDatabase Database { get; }

    /// <summary>Returns a service of the app, or creates an operation that the Functions host would create, such as an activity.</summary>
    public T Get<T>()
        where T : notnull => ActivatorUtilities.GetServiceOrCreateInstance<T>(services.Value);

    /// <inheritdoc cref="TestDatabase.SingleAsync"/>
    public Task<T> OneAsync<T>(string sql, object? parameters = null) => Database.SingleAsync<T>(sql, parameters);

    /// <inheritdoc cref="TestDatabase.ListAsync"/>
    public Task<List<T>> ListAsync<T>(string sql, object? parameters = null) => Database.ListAsync<T>(sql, parameters);

    /// <inheritdoc cref="TestDatabase.ExecuteAsync"/>
    public Task<int> ExecuteAsync(string sql, object? parameters = null) => Database.ExecuteAsync(sql, parameters);

    public virtual async ValueTask DisposeAsync()
    {
        if (services.IsValueCreated)
        {
            await services.Value.DisposeAsync();
        }

        await Log.AssertNoLeakAsync(Database.Superuser, Secrets.Open);
    }

    /// <summary>Registers the fakes of a fixture. They are registered last, so that they replace the services of the app.</summary>
    protected virtual void Replace(IServiceCollection services)
    {
    }

    /// <summary>Logs every statement of the app's two connection pools.</summary>
    protected void LogStatements(IServiceCollection services, ILoggerProvider statements)
    {
        foreach (var (role, connection) in new[] { (DataSources.App, Database.App), (DataSources.System, Database.System) })
        {
            services.AddKeyedSingleton(role, (_, _) => DataSources.Builder(new DatabaseLogin(connection, Identity: null), role)
                .UseLoggerFactory(LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(statements)))
                .Build());
        }
    }

    private ServiceProvider Build()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:App"] = Database.App,
            ["ConnectionStrings:System"] = Database.System,
        }).Build();
        var collection = new ServiceCollection()
            .AddSingleton<IConfiguration>(settings)
            .AddMetrics()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log))
            .AddModules(settings)
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton(Secrets)
            .AddSingleton(Hash)
            .AddSingleton(new PublicUrl(new Uri(PublicUrl)))
            .AddSingleton(new WorkQueues(new StorageOptions()));
        Replace(collection);
        return collection.BuildServiceProvider();
    }
}
