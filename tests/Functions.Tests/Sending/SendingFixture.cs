using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Relais.Channels;
using Relais.Kit;
using Relais.Kit.Leaks;
using Relais.Platform.Database;
using Relais.Platform.Queues;
using Relais.Platform.Secrets;
using Relais.Sending;
using Relais.Sending.Pump;

namespace Functions.Tests.Sending;

/// <summary>Creates a tenant with one sender in a test database and runs the sending operations for it.</summary>
internal sealed class SendingFixture : IAsyncDisposable
{
    private static int number;
    private static readonly SecretBox Secrets = new(new Dictionary<string, byte[]> { ["k1"] = new byte[32] }, "k1");
    private readonly ServiceProvider services;
    private readonly NpgsqlDataSource superuser;
    private readonly string connection;
    private readonly ConcurrentDictionary<string, long> measured = new();
    private readonly MeterListener listener = new();

    private SendingFixture(TestDatabase database, FakeProvider provider, ILoggerProvider? statements)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:App"] = database.App,
            ["ConnectionStrings:System"] = database.System,
        }).Build();
        var collection = new ServiceCollection()
            .AddSingleton<IConfiguration>(settings)
            .AddSingleton(TimeProvider.System)
            .AddMetrics()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log))
            .AddDatabase()
            .AddSingleton(Secrets)
            .AddSingleton(new AddressHash(null))
            .AddSingleton(new WorkQueues(new StorageOptions()))
            .AddSingleton<IMessageSender>(provider)
            .AddSingleton<IMessageLookup>(provider)
            .AddSending();
        if (statements is not null)
        {
            AddLoggedSource(collection, DataSources.App, database.App, statements);
            AddLoggedSource(collection, DataSources.System, database.System, statements);
        }

        services = collection.BuildServiceProvider();
        CountMeasurements();
        connection = database.Superuser;
        superuser = NpgsqlDataSource.Create(connection);
        Provider = provider;
        var id = Interlocked.Increment(ref number);
        Tenant = Ids.Tenant(id);
        Sender = Ids.Sender(id);
    }

    public FakeProvider Provider { get; }

    /// <summary>The log of the operations. It is searched for phone numbers and message texts when the fixture is disposed.</summary>
    public CollectedLog Log { get; } = new();

    /// <summary>Called for every message that waits for a retry.</summary>
    public Func<AppliedTransition, Task> OnRetryWaiting { get; set; } = _ => Task.CompletedTask;

    /// <summary>Time until the next message is due, as the last pump returned it; null when no message waits.</summary>
    public TimeSpan? NextDue { get; private set; }

    public Guid Tenant { get; }

    public Guid Sender { get; }

    public SystemDb Db => services.GetRequiredService<SystemDb>();

    public static async Task<SendingFixture> CreateAsync(
        TestDatabase database, string channel = "sms", int? paceUnits = null, int? windowMs = null, int dailyLimit = 100_000,
        int? perMinute = null, int? spacingMs = null, ILoggerProvider? statements = null)
    {
        var world = new SendingFixture(database, new FakeProvider(), statements);
        await world.ExecuteAsync(
            """
            insert into tenants (id, slug, name, country, daily_limit) values (@Tenant, @Slug, 'Essai', 'GN', @DailyLimit);
            insert into provider_accounts (id, tenant_id, provider, account_sid, secret, secret_key_id)
              values (@Tenant, @Tenant, 'twilio', @Sid, @Secret, 'k1');
            insert into senders (id, tenant_id, account_id, channel, address, pace_units, pace_window_ms, recipient_per_minute,
              recipient_spacing_ms)
            values (@Sender, @Tenant, @Tenant, @Channel, @Address, @PaceUnits, @WindowMs, @PerMinute, @SpacingMs);
            """,
            new
            {
                world.Tenant,
                world.Sender,
                Slug = $"t-{world.Tenant:N}",
                Sid = $"AC{world.Tenant:N}",
                Secret = Secrets.Seal("token-of-the-account", world.Tenant),
                Address = Ids.Phone(900_000 + number),
                Channel = channel,
                PaceUnits = paceUnits,
                WindowMs = windowMs,
                DailyLimit = dailyLimit,
                PerMinute = perMinute,
                SpacingMs = spacingMs,
            });
        return world;
    }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>How often a pump requested the resolution of its unknown outcomes.</summary>
    public int ResolveRequestCount { get; private set; }

    public async Task<PumpResult> PumpAsync(SendingOptions? options = null, CancellationToken ct = default)
    {
        var lease = await Get<SenderLeases>().TryAcquireAsync(Sender, ct) ?? throw new InvalidOperationException("The lease is taken.");
        options ??= new SendingOptions();
        var (inProgress, log) = (new InProgressLimit(options.MaxInProgress), Log.CreateLogger("pump"));
        var recorder = new OutcomeQueue(
            lease.Sender, Get<RecordOutcomes>(), message => OnRetryWaiting(message), SettleLaterAsync, inProgress, Get<SendingMetrics>(),
            options.MaxInProgress, TimeProvider.System, log);
        var claims = new ClaimWithRetry(lease, Get<ClaimMessages>(), inProgress, Get<SendingMetrics>(), TimeProvider.System, log);
        using var run = new PumpRun(
            lease, claims, Get<SenderLeases>(), Provider, recorder, inProgress, TimeProvider.System, options, log);
        var result = await run.RunAsync(ct);
        NextDue = await Get<ReleaseSenderLease>().RunAsync(lease, result.RecentSends, claims.Excluded, CancellationToken.None);
        return result;
    }

    private Task SettleLaterAsync()
    {
        ResolveRequestCount++;
        return Task.CompletedTask;
    }

    /// <summary>Adds a trigger that rejects every update of the message for which the SQL condition holds.</summary>
    public Task RejectUpdatesAsync(Guid message, string errorCode, string condition) => ExecuteAsync(
        $"""
        create or replace function refuse()
          returns trigger language plpgsql as $$ begin raise exception 'refused' using errcode = '{errorCode}'; end $$;
        create or replace trigger refuse before update on messages
          for each row when (old.id = '{message}' and {condition}) execute function refuse();
        """);

    /// <summary>Runs the sweep that a timer starts every minute, but sends no wake messages to a queue.</summary>
    public Task SweepAsync() => Get<SweepSenders>().RunAsync(CancellationToken.None);

    /// <summary>The sum of the measurements of the counter with this name.</summary>
    public long Measured(string name) => measured.GetValueOrDefault(name);

    public async Task<Guid> CampaignAsync(string status = "running")
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            insert into campaigns (id, tenant_id, sender_id, name, status, audience, message1)
              values (@Id, @Tenant, @Sender, 'Essai', @Status, '{}', '{}')
            """, new { Id = id, Tenant, Sender, Status = status });
        return id;
    }

    /// <summary>Inserts messages that are due now, for consecutive recipients or for the same recipient.</summary>
    public async Task<List<Guid>> MessagesAsync(
        int count, Guid? campaign = null, int firstRecipient = 1, int units = 1, bool oneRecipient = false, int lane = 1)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).OrderBy(id => id.ToString(), StringComparer.Ordinal)
            .ToList();
        await ExecuteAsync(
            """
            insert into messages (id, tenant_id, sender_id, stream_id, lane, channel, contact_address, campaign_id, step, body, units,
              due_at, created_at)
            select m.id, @Tenant, @Sender, coalesce(@Campaign, @Sender), @Lane, s.channel, m.address, @Campaign,
              case when @Campaign is null then 0 else 1 end,
              'Bonjour', @Units, now() - interval '1 minute', now()
            from unnest(@Ids, @Addresses) m (id, address), senders s where s.id = @Sender
            """,
            new
            {
                Tenant,
                Sender,
                Campaign = campaign,
                Lane = lane,
                Units = units,
                Ids = ids.ToArray(),
                Addresses = Enumerable.Range(firstRecipient, count).Select(n => Ids.Phone(oneRecipient ? firstRecipient : n)).ToArray(),
            });
        return ids;
    }

    public async Task<T?> OneAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await superuser.OpenConnectionAsync();
        return await connection.QueryFirstOrDefaultAsync<T>(sql, parameters);
    }

    public async Task<List<T>> ManyAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await superuser.OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async Task<int> ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await superuser.OpenConnectionAsync();
        return await connection.ExecuteAsync(sql, parameters);
    }

    public async Task<Dictionary<string, long>> CountersAsync(Guid campaign) =>
        (await ManyAsync<(string Name, long Value)>(
            "select name, sum(value)::bigint from campaign_counters where campaign_id = @campaign group by name having sum(value) <> 0",
            new { campaign }))
        .ToDictionary(row => row.Name, row => row.Value);

    public Task<string?> StatusAsync(Guid message) => OneAsync<string>("select status from messages where id = @message", new { message });

    /// <summary>Closes the pooled connections, so that every statement is prepared again.</summary>
    public void ClearConnectionPools()
    {
        services.GetRequiredKeyedService<NpgsqlDataSource>(DataSources.App).Clear();
        services.GetRequiredKeyedService<NpgsqlDataSource>(DataSources.System).Clear();
    }

    private static void AddLoggedSource(IServiceCollection collection, string role, string connectionString, ILoggerProvider statements) =>
        collection.AddKeyedSingleton(role, (_, _) => DataSources.Builder(new DatabaseLogin(connectionString, Identity: null), role)
            .UseLoggerFactory(LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(statements))).Build());

    private void CountMeasurements()
    {
        // Other fixtures in this process have meters of their own. Measure only the meter of this fixture.
        var meter = services.GetRequiredService<IMeterFactory>().Create("Relais");
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
            measured.AddOrUpdate(instrument.Name, value, (_, old) => old + value));
        listener.Start();
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await services.DisposeAsync();
        await superuser.DisposeAsync();
        await Log.AssertNoLeakAsync(connection, Secrets.Open);
    }
}
