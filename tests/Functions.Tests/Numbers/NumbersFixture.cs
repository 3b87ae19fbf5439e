using Dapper;
using Functions.Tests.Campaigns;
using Npgsql;
using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Kit;
using Relais.Kit.Leaks;
using Relais.Numbers;
using Relais.Numbers.Inventory;
using Relais.Numbers.Offers;
using Relais.Numbers.Orders;
using Relais.Numbers.Orders.Run;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Platform.Secrets;

namespace Functions.Tests.Numbers;

/// <summary>
/// Creates a tenant with a provider account on a real database, and gives access to the number operations and to a fake provider.
/// </summary>
internal sealed class NumbersFixture : IAsyncDisposable
{
    public const string Token = "0123456789abcdef0123456789abcdef";
    private static int tenants = 7000;
    private readonly NpgsqlDataSource app;
    private readonly NpgsqlDataSource system;
    private readonly string superuser;

    private NumbersFixture(PostgresFixture postgres, FakeNumberProvider? shared)
    {
        RowMapping.Configure();
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

    public RouterUrls RouterUrls => new(new PublicUrl(new Uri("https://relais.example")));

    public TenantAccounts Accounts => new(Db, Secrets);

    public SaveCredentials Save => new(Db, Provider, Secrets, Clock);

    public DeleteCredentials Delete => new(Db, Clock);

    public ResolveAccount ResolveAccount => new(Accounts, new RefreshAccountState(Db, Provider, Clock), Save);

    public GetPurchaseRequirements GetPurchaseRequirements => new(Db, Provider, Clock);

    public FindNumberForSale FindNumberForSale => new(Provider);

    public SearchNumbers Search => new(Db, Accounts, Provider, Clock);

    public OrderOrchestrations Runs => field ??= new(Log.For<OrderOrchestrations>());

    /// <summary>The log of the operations. Disposing the fixture fails if it contains phone numbers, texts or secrets.</summary>
    public CollectedLog Log { get; } = new();

    public CreateOrder CreateOrder =>
        new(Db, ResolveAccount, Ownership, new CheckPurchase(Provider, FindNumberForSale, GetPurchaseRequirements), Clock);

    public PurchaseNumber Purchase => new(Db, Accounts, CreateOrder, Runs, Options, Clock);

    public ReleaseOrphan Late => new(Db, Accounts, Provider, RouterUrls, Clock, Log.For<ReleaseOrphan>());

    public RecoverOrders Rescue => new(SystemDb, Runs, Late, Clock, Log.For<RecoverOrders>());

    public ConnectWebhooks Connect => new(Provider, RouterUrls);

    public SyncNumbers Sync => new(Db, Accounts, new RefreshAccountState(Db, Provider, Clock), Provider, Connect, RouterUrls, Clock);

    public NumberOwnership Ownership => new(SystemDb);

    public ConnectExistingNumber Configure => new(Db, ResolveAccount, Ownership, Provider, Connect, RouterUrls, Clock);

    public RepairNumber Repair => new(Db, Accounts, Provider, Sync, RouterUrls);

    public FinishRelease Finish => new(Db, Accounts, Provider, Clock);

    public ReleaseNumber Release => new(Db, Finish, RouterUrls, Clock);

    /// <param name="postgres">The database server.</param>
    /// <param name="country">The country of the tenant.</param>
    /// <param name="connected">True to store the credentials of the account.</param>
    /// <param name="shared">The provider of another fixture; null for a new provider.</param>
    public static async Task<NumbersFixture> CreateAsync(
        PostgresFixture postgres, string country = "CA", bool connected = true, FakeNumberProvider? shared = null)
    {
        var world = new NumbersFixture(postgres, shared);
        world.Provider.Accounts[world.AccountSid] = (Token, new AccountInfo("Clinique", "active", false, false));
        await world.ExecuteAsync(
            "insert into tenants (id, slug, name, country) values (@TenantId, 't-' || @TenantId, 'Test', @Country)",
            new { world.TenantId, Country = country });
        if (connected)
        {
            Assert.Null((await world.Save.RunAsync(world.Caller, new CredentialsRequest(world.AccountSid, Token), default)).Failure);
        }

        return world;
    }

    public string PhoneNumber(int n) => $"+1418{Number % 1000:d3}{n:d4}";

    public Task<Result<OrderRow>> BuyAsync(string number, string? token = null, string? addressSid = null, string? bundleSid = null) =>
        Purchase.RunAsync(
            Caller,
            new PurchaseRequest { Number = number, RequestToken = token, AddressSid = addressSid, BundleSid = bundleSid },
            null,
            Durable,
            default);

    /// <summary>Orders the number and runs the orchestration until the order has ended.</summary>
    public async Task<(OrderRow Order, InlineOrderOrchestration Run)> BuyAndRunAsync(string number, string? token = null)
    {
        var ordered = await BuyAsync(number, token);
        var run = await InlineOrderOrchestration.RunAsync(this, ordered.Value.Id);
        return (await OrderAsync(ordered.Value.Id), run);
    }

    public Task<OrderRow> OrderAsync(Guid id) =>
        OneAsync<OrderRow>($"select {OrderRow.Columns} from number_orders where id = @Id", new { Id = id });

    public Task<NumberRow> NumberAsync(string number) =>
        OneAsync<NumberRow>(
            $"select {NumberRow.Columns} from phone_numbers where number = @Number order by created_at desc limit 1",
            new { Number = number });

    /// <summary>Asserts that the number is neither in the provider account nor stored.</summary>
    public async Task AssertNothingAsync(string number)
    {
        Assert.DoesNotContain(Provider.Of(AccountSid), owned => owned.Number == number);
        Assert.Equal(0, await OneAsync<int>("select count(*) from phone_numbers where number = @Number", new { Number = number }));
        Assert.Equal(0, await OneAsync<int>("select count(*) from senders where address = @Number", new { Number = number }));
    }

    /// <summary>Asserts that the account has the number once, and that the number is connected and a sender.</summary>
    public async Task AssertWorksAsync(string number)
    {
        var owned = Assert.Single(Provider.Of(AccountSid), candidate => candidate.Number == number);
        Assert.False(RouterUrls.HasWrongWebhooks(owned));
        var row = await NumberAsync(number);
        Assert.Equal((owned.Sid, "active", true, false), (row.ProviderSid, row.State, row.Managed, row.Drifted));
        Assert.Equal((row.SenderId, (DateTime?)null), await OneAsync<(Guid?, DateTime?)>(
            "select id, retired_at from senders where address = @Number and channel = 'sms' and tenant_id = @TenantId",
            new { Number = number, TenantId }));
    }

    public Task<List<string>> AuditAsync() =>
        ListAsync<string>("select action from audit where tenant_id = @TenantId order by action", new { TenantId });

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
