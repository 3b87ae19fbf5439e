using Microsoft.Extensions.DependencyInjection;
using Relais.Accounts;
using Relais.Channels;
using Relais.Kit;
using Relais.Numbers;
using Relais.Numbers.Inventory;
using Relais.Numbers.Offers;
using Relais.Numbers.Orders;
using Relais.Numbers.Orders.Run;
using Relais.Platform;

namespace Functions.Tests.Numbers;

/// <summary>
/// Creates a tenant with a provider account on a real database, and gives access to the number operations and to a fake provider.
/// </summary>
internal sealed class NumbersFixture : TenantFixture
{
    private NumbersFixture(PostgresFixture postgres, FakeNumberProvider? shared)
        : base(postgres.Database)
    {
        Provider = shared ?? new FakeNumberProvider(Clock);
        Caller = Owner;
    }

    public FakeNumberProvider Provider { get; }

    public NumbersOptions Options => Get<NumbersOptions>();

    public RouterUrls RouterUrls => Get<RouterUrls>();

    public TenantAccounts Accounts => Get<TenantAccounts>();

    public SaveCredentials Save => Get<SaveCredentials>();

    public DeleteCredentials Delete => Get<DeleteCredentials>();

    public GetPurchaseRequirements GetPurchaseRequirements => Get<GetPurchaseRequirements>();

    public FindNumberForSale FindNumberForSale => Get<FindNumberForSale>();

    public SearchNumbers Search => Get<SearchNumbers>();

    public OrderOrchestrations Runs => Get<OrderOrchestrations>();

    public ResolveAccount ResolveAccount => Get<ResolveAccount>();

    public CreateOrder CreateOrder => Get<CreateOrder>();

    public PurchaseNumber Purchase => Get<PurchaseNumber>();

    public ReleaseOrphan Late => Get<ReleaseOrphan>();

    public RecoverOrders Rescue => Get<RecoverOrders>();

    public ConnectWebhooks Connect => Get<ConnectWebhooks>();

    public SyncNumbers Sync => Get<SyncNumbers>();

    public NumberOwnership Ownership => Get<NumberOwnership>();

    public ConnectExistingNumber Configure => Get<ConnectExistingNumber>();

    public RepairNumber Repair => Get<RepairNumber>();

    public FinishRelease Finish => Get<FinishRelease>();

    public ReleaseNumber Release => Get<ReleaseNumber>();

    /// <param name="postgres">The database server.</param>
    /// <param name="country">The country of the tenant.</param>
    /// <param name="connected">True to store the credentials of the account.</param>
    /// <param name="shared">The provider of another fixture; null for a new provider.</param>
    public static async Task<NumbersFixture> CreateAsync(
        PostgresFixture postgres, string country = "CA", bool connected = true, FakeNumberProvider? shared = null)
    {
        var world = new NumbersFixture(postgres, shared);
        world.Provider.Accounts[world.AccountSid] = (Token, new AccountInfo("Clinique", "active", false, false));
        await world.InsertTenantAsync(country);
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

    protected override void Replace(IServiceCollection services) => services
        .AddSingleton<INumberProvider>(Provider)
        .AddSingleton(new NumbersOptions { PurchaseWait = TimeSpan.Zero });
}
