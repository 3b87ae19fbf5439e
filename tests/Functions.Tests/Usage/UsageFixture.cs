using Functions.Tests.Campaigns;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Kit;
using Relais.Platform;
using Relais.Platform.Secrets;
using Relais.Usage;
using Relais.Usage.Budget;

namespace Functions.Tests.Usage;

/// <summary>
/// Creates a tenant with an account and inserts messages of many days. The usage provider is a substitute. The clock starts at
/// 10:00 GMT on 20 January 2026.
/// </summary>
internal sealed class UsageFixture : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 20, 10, 0, 0, TimeSpan.Zero);
    public static readonly DateOnly January = new(2026, 1, 1);

    private static readonly SecretBox Secrets = new(new Dictionary<string, byte[]> { ["k1"] = new byte[32] }, "k1");

    private UsageFixture(CampaignFixture campaigns) => Campaigns = campaigns;

    public CampaignFixture Campaigns { get; }

    public FixedClock Clock { get; } = new(Start);

    public IUsageProvider Source { get; } = Substitute.For<IUsageProvider>();

    public INumberProvider Numbers { get; } = Substitute.For<INumberProvider>();

    public Guid Tenant => Campaigns.TenantId;

    public Caller Owner => Campaigns.Caller with { Role = Role.Owner };

    public RollUpDays RollUp => new(Campaigns.Db, Clock);

    public RefreshUsage Refresh => new(
        Campaigns.Db, new TenantAccounts(Campaigns.Db, Secrets), Source, Numbers, Clock, NullLogger<RefreshUsage>.Instance);

    public RefreshUsageOfAllTenants RefreshAll => new(Campaigns.SystemDb, RollUp, Refresh, NullLogger<RefreshUsageOfAllTenants>.Instance);

    public static async Task<UsageFixture> CreateAsync(PostgresFixture postgres)
    {
        var world = new UsageFixture(await CampaignFixture.CreateAsync(postgres, channel: "sms"));
        await world.Campaigns.ExecuteAsync(
            "update provider_accounts set secret = @Secret, secret_key_id = 'k1' where tenant_id = @Tenant",
            new { world.Tenant, Secret = Secrets.Seal("token", world.Tenant) });
        world.Source.ReadMonthAsync(default!, default).ReturnsForAnyArgs(new ProviderResult<List<UsageRecord>>());
        world.SetBilledUsage(January);
        world.SetBilledUsage(January.AddMonths(-1));
        world.Numbers.FetchBalanceAsync(default!).ReturnsForAnyArgs(new Money(42.5m, "USD"));
        return world;
    }

    public void SetBilledUsage(DateOnly month, params (string Category, decimal Price)[] records) =>
        Source.ReadMonthAsync(Arg.Any<ProviderCredentials>(), month).Returns(
            records.Select(record => new UsageRecord(record.Category, 10, 12, record.Price, "USD", Start.AddHours(-1))).ToList());

    public void FailUsageReads(ProviderFailure failure) => Source.ReadMonthAsync(default!, default).ReturnsForAnyArgs(failure);

    /// <summary>Inserts messages that were sent at this time to numbers with this prefix.</summary>
    public Task SentAsync(
        DateTimeOffset at, int count, string prefix = "+1418555", int units = 1, string channel = "sms",
        bool media = false) => Campaigns.ExecuteAsync("""
        insert into messages (id, tenant_id, sender_id, stream_id, channel, contact_address, status, due_at, created_at, claimed_at,
          sent_at, units, media)
        select gen_random_uuid(), @Tenant, @SenderId, @SenderId, @channel, @prefix || lpad(n::text, 4, '0'), 'delivered', @at, @at, @at,
          @at, @units, case when @media then '[]'::jsonb end
        from generate_series(1, @count) n
        """, new { Tenant, Campaigns.SenderId, at = at.UtcDateTime, count, prefix, units, channel, media });

    public Task ReceivedAsync(DateTimeOffset at, int count, int units = 1, string channel = "sms") => Campaigns.ExecuteAsync("""
        insert into messages (id, tenant_id, sender_id, stream_id, direction, channel, contact_address, status, due_at, created_at,
          ended_at, units)
        select gen_random_uuid(), @Tenant, @SenderId, @SenderId, 'in', @channel, '+22462000' || lpad(n::text, 4, '0'), 'received', @at, @at,
          @at, @units
        from generate_series(1, @count) n
        """, new { Tenant, Campaigns.SenderId, at = at.UtcDateTime, count, units, channel });

    public Task SetSenderAddressAsync(string address) =>
        Campaigns.ExecuteAsync("update senders set address = @address where tenant_id = @Tenant", new { address, Tenant });

    public async Task<UsageView> UsageAsync(string? month = null) =>
        (await new GetUsage(Campaigns.Db, Clock).RunAsync(Tenant, month, default)).Value;

    public Task<Result<BudgetRequest>> BudgetAsync(decimal? budget) =>
        new ChangeBudget(Campaigns.Db, Clock).RunAsync(Owner, new BudgetRequest(budget), default);

    /// <summary>Replaces the account of the tenant by another one.</summary>
    public async Task ChangeAccountAsync()
    {
        await Campaigns.ExecuteAsync("update senders set retired_at = now() where tenant_id = @Tenant", new { Tenant });
        var sid = $"AC{Tenant:N}";
        Numbers.FetchAccountAsync(default!).ReturnsForAnyArgs(new AccountInfo("", "active", false, false) { Sid = sid });
        var saved = await new SaveCredentials(Campaigns.Db, Numbers, Secrets, Clock).RunAsync(
            Owner, new CredentialsRequest(sid, "0123456789abcdef0123456789abcdef"), default);
        Assert.Null(saved.Failure);
    }

    public Task<List<int>> AlertsAsync() =>
        Campaigns.ListAsync<int>("select level from budget_alerts where tenant_id = @Tenant order by month, level", new { Tenant });

    public ValueTask DisposeAsync() => Campaigns.DisposeAsync();
}
