using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using Relais.Accounts;
using Relais.Channels;
using Relais.Kit;
using Relais.Platform;
using Relais.Usage;
using Relais.Usage.Budget;

namespace Functions.Tests.Usage;

/// <summary>
/// Creates a tenant with an account and inserts messages of many days. The usage provider is a substitute. The clock starts at
/// 10:00 GMT on 20 January 2026.
/// </summary>
internal sealed class UsageFixture : TenantFixture
{
    public static readonly DateTimeOffset Start = new(2026, 1, 20, 10, 0, 0, TimeSpan.Zero);
    public static readonly DateOnly January = new(2026, 1, 1);

    private UsageFixture(PostgresFixture postgres)
        : base(postgres.Database, Start)
    {
    }

    public IUsageProvider Source { get; } = Substitute.For<IUsageProvider>();

    public INumberProvider Numbers { get; } = Substitute.For<INumberProvider>();

    public Guid Tenant => TenantId;

    public RollUpDays RollUp => Get<RollUpDays>();

    public RefreshUsage Refresh => Get<RefreshUsage>();

    public RefreshUsageOfAllTenants RefreshAll => Get<RefreshUsageOfAllTenants>();

    public static async Task<UsageFixture> CreateAsync(PostgresFixture postgres)
    {
        var world = new UsageFixture(postgres);
        await world.InsertTenantAsync();
        await world.InsertSenderAsync("sms");
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
        bool media = false) => ExecuteAsync("""
        insert into messages (id, tenant_id, sender_id, stream_id, channel, contact_address, status, due_at, created_at, claimed_at,
          sent_at, units, media)
        select gen_random_uuid(), @Tenant, @SenderId, @SenderId, @channel, @prefix || lpad(n::text, 4, '0'), 'delivered', @at, @at, @at,
          @at, @units, case when @media then '[]'::jsonb end
        from generate_series(1, @count) n
        """, new { Tenant, SenderId, at = at.UtcDateTime, count, prefix, units, channel, media });

    public Task ReceivedAsync(DateTimeOffset at, int count, int units = 1, string channel = "sms") => ExecuteAsync("""
        insert into messages (id, tenant_id, sender_id, stream_id, direction, channel, contact_address, status, due_at, created_at,
          ended_at, units)
        select gen_random_uuid(), @Tenant, @SenderId, @SenderId, 'in', @channel, '+22462000' || lpad(n::text, 4, '0'), 'received', @at, @at,
          @at, @units
        from generate_series(1, @count) n
        """, new { Tenant, SenderId, at = at.UtcDateTime, count, units, channel });

    public Task SetSenderAddressAsync(string address) =>
        ExecuteAsync("update senders set address = @address where tenant_id = @Tenant", new { address, Tenant });

    public async Task<UsageView> UsageAsync(string? month = null) =>
        (await Get<GetUsage>().RunAsync(Tenant, month, default)).Value;

    public Task<Result<BudgetRequest>> BudgetAsync(decimal? budget) =>
        Get<ChangeBudget>().RunAsync(Owner, new BudgetRequest(budget), default);

    /// <summary>Replaces the account of the tenant by another one.</summary>
    public async Task ChangeAccountAsync()
    {
        await ExecuteAsync("update senders set retired_at = now() where tenant_id = @Tenant", new { Tenant });
        var sid = $"AC{new string('a', 28)}{Number:d4}";
        Numbers.FetchAccountAsync(default!).ReturnsForAnyArgs(new AccountInfo("", "active", false, false) { Sid = sid });
        var saved = await Get<SaveCredentials>().RunAsync(
            Owner, new CredentialsRequest(sid, "0123456789abcdef0123456789abcdef"), default);
        Assert.Null(saved.Failure);
    }

    public Task<List<int>> AlertsAsync() =>
        ListAsync<int>("select level from budget_alerts where tenant_id = @Tenant order by month, level", new { Tenant });

    protected override void Replace(IServiceCollection services) => services.AddSingleton(Source).AddSingleton(Numbers);
}
