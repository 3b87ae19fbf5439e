using Dapper;
using Functions.Tests.Campaigns;
using Npgsql;
using Relais.Access;
using Relais.Channels;
using Relais.Kit;
using Relais.Kit.Leaks;
using Relais.Platform.Http;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Secrets;
using Relais.Accounts;
using Relais.Numbers;
using Relais.Numbers.Inventory;
using Relais.Numbers.Offers;
using Relais.Numbers.Orders;
using Relais.Numbers.Orders.Run;

namespace Functions.Tests.Numbers;

/// <summary>A tenant with an account, a provider with a memory, and the operations between them on a real database.</summary>
internal sealed class NumbersFixture : IAsyncDisposable
{
    public const string Token = "0123456789abcdef0123456789abcdef";
    private static int tenants = 7000;
    private readonly NpgsqlDataSource app;
    private readonly NpgsqlDataSource system;
    private readonly string superuser;

    private NumbersFixture(PostgresFixture postgres, FakeNumberProvider? shared)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        (app, system, superuser) = (NpgsqlDataSource.Create(postgres.App), NpgsqlDataSource.Create(postgres.System), postgres.Superuser);
        Number = Interlocked.Increment(ref tenants);
        TenantId = Ids.Tenant(Number);
        AccountSid = $"AC{Number:d32}";
        Provider = shared ?? new FakeNumberProvider(Clock);
        (Db, SystemDb) = (new TenantDb(app), new SystemDb(system));
        Caller = new Caller(TenantId, new Actor(ActorKind.Person, "p-1", "Awa"), Role.Owner, []);
    }

    public int Number { get; }

    public Guid TenantId { get; }

    public string AccountSid { get; }

    public Caller Caller { get; }

    public FixedClock Clock { get; } = new();

    public FakeNumberProvider Provider { get; }

    public FakeDurableClient Durable { get; } = new();

    public TenantDb Db { get; }

    public SystemDb SystemDb { get; }

    public SecretBox Secrets { get; } = new(new Dictionary<string, byte[]> { ["k1"] = new byte[32] }, "k1");

    public NumbersOptions Options { get; } = new() { PurchaseWait = TimeSpan.Zero };

    public RouterUrls Targets => new(new PublicUrl(new Uri("https://relais.example")));

    public TenantAccounts Accounts => new(Db, Secrets);

    public SaveCredentials Save => new(Db, Provider, Secrets, Clock);

    public DeleteCredentials Delete => new(Db, Clock);

    public ResolveAccount Usable => new(Accounts, new RefreshAccountState(Db, Provider, Clock), Save);

    public GetPurchaseRequirements Needs => new(Db, Provider, Clock);

    public FindNumberForSale Finder => new(Provider);

    public SearchNumbers Search => new(Db, Accounts, Provider, Clock);

    public OrderOrchestrations Runs => field ??= new(Log.For<OrderOrchestrations>());

    /// <summary>What the operations say; it is searched for numbers and texts at the end.</summary>
    public CollectedLog Log { get; } = new();

    public PurchaseNumber Purchase =>
        new(Db, Accounts, Usable, Others, new CheckPurchase(Provider, Finder, Needs), new OrderStore(Db, Clock), Runs, Options, Clock);

    public ReleaseOrphan Late => new(Db, Accounts, Provider, Targets, Clock, Log.For<ReleaseOrphan>());

    public RestartOrderRuns Rescue => new(SystemDb, Runs, Late, Clock, Log.For<RestartOrderRuns>());

    public ConnectWebhooks Connect => new(Provider, Targets);

    public SyncNumbers Sync => new(Db, Accounts, new RefreshAccountState(Db, Provider, Clock), Provider, Connect, Targets, Clock);

    public NumberOwnership Others => new(SystemDb);

    public ConnectExistingNumber Configure => new(Db, Usable, Others, Provider, Connect, Targets, Clock);

    public RepairNumber Repair => new(Db, Accounts, Provider, Sync, Targets);

    public FinishRelease Finish => new(Db, Accounts, Provider, Clock);

    public ReleaseNumber Release => new(Db, Finish, Targets, Clock);

    /// <param name="postgres">Where.</param>
    /// <param name="country">Of the tenant.</param>
    /// <param name="connected">With its account stored.</param>
    /// <param name="shared">A provider that others use too.</param>
    public static async Task<NumbersFixture> CreateAsync(PostgresFixture postgres, string country = "CA", bool connected = true, FakeNumberProvider? shared = null)
    {
        var world = new NumbersFixture(postgres, shared);
        world.Provider.Accounts[world.AccountSid] = (Token, new AccountInfo("Clinique", "active", false, false));
        await world.ExecuteAsync("insert into tenants (id, slug, name, country) values (@TenantId, 't-' || @TenantId, 'Test', @Country)", new { world.TenantId, Country = country });
        if (connected)
        {
            Assert.Null((await world.Save.RunAsync(world.Caller, new CredentialsRequest(world.AccountSid, Token), default)).Failure);
        }

        return world;
    }

    public string PhoneNumber(int n) => $"+1418{Number % 1000:d3}{n:d4}";

    public Task<Result<OrderRow>> BuyAsync(string number, string? token = null, string? addressSid = null, string? bundleSid = null) =>
        Purchase.RunAsync(Caller, new PurchaseRequest { Number = number, RequestToken = token, AddressSid = addressSid, BundleSid = bundleSid }, null, Durable, default);

    /// <summary>Orders, and runs the orchestration to the order's end.</summary>
    public async Task<(OrderRow Order, InlineOrderOrchestration Run)> BuyAndRunAsync(string number, string? token = null)
    {
        var ordered = await BuyAsync(number, token);
        var run = await InlineOrderOrchestration.RunAsync(this, ordered.Value.Id);
        return (await OrderAsync(ordered.Value.Id), run);
    }

    public Task<OrderRow> OrderAsync(Guid id) => OneAsync<OrderRow>($"select {OrderRow.Columns} from number_orders where id = @Id", new { Id = id });

    public Task<NumberRow> NumberAsync(string number) =>
        OneAsync<NumberRow>($"select {NumberRow.Columns} from phone_numbers where number = @Number order by created_at desc limit 1", new { Number = number });

    /// <summary>Nothing bought, nothing stored.</summary>
    public async Task AssertNothingAsync(string number)
    {
        Assert.DoesNotContain(Provider.Of(AccountSid), held => held.Number == number);
        Assert.Equal(0, await OneAsync<int>("select count(*) from phone_numbers where number = @Number", new { Number = number }));
        Assert.Equal(0, await OneAsync<int>("select count(*) from senders where address = @Number", new { Number = number }));
    }

    /// <summary>Bought once, connected, and a sender.</summary>
    public async Task AssertWorksAsync(string number)
    {
        var held = Assert.Single(Provider.Of(AccountSid), held => held.Number == number);
        Assert.False(Targets.PointsElsewhere(held));
        var row = await NumberAsync(number);
        Assert.Equal((held.Sid, "active", true, false), (row.ProviderSid, row.State, row.Managed, row.Drifted));
        Assert.Equal((row.SenderId, (DateTime?)null), await OneAsync<(Guid?, DateTime?)>(
            "select id, retired_at from senders where address = @Number and channel = 'sms' and tenant_id = @TenantId", new { Number = number, TenantId }));
    }

    public Task<List<string>> AuditAsync() => ListAsync<string>("select action from audit where tenant_id = @TenantId order by action", new { TenantId });

    public async Task<int> ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(superuser);
        return await connection.ExecuteAsync(sql, parameters);
    }

    public async Task<T> OneAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(superuser);
        return (await connection.QuerySingleAsync<T>(sql, parameters))!;
    }

    public async Task<List<T>> ListAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(superuser);
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await system.DisposeAsync();
        await Log.AssertNoLeakAsync(superuser, Secrets.Open);
    }
}
