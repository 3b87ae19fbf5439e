using Functions.Tests.WhatsAppSenders;
using Relais.Kit;
using Relais.Simulators;
using Relais.Usage;

namespace Functions.Tests.Usage;

/// <summary>Usage records as they come over the SDK and the wire.</summary>
public sealed class UsageOnTheWireTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Shown_billing_equals_the_charges()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        world.Simulator.BuyInConsole(new SimulatedNumber("+14185550100", world.Account.Sid));
        await world.Simulator.ReceiveAsync(new InboundMessage("whatsapp:+224620000001", $"whatsapp:{WhatsAppFixture.Number}", "Bonjour"));

        var usage = (await Refresh(world).RunAsync(world.Tenant, default)).Value;

        var prices = world.Simulator.Prices;
        Assert.Equal(("USD", prices.LocalNumber + prices.WhatsApp), (usage.Actual!.Currency, usage.Actual.Total));
        Assert.Equal(
            ["channels", "channels-whatsapp", "channels-whatsapp-inbound", "phonenumbers", "phonenumbers-local"], usage.Actual.Lines.Select(line => line.Category));
        Assert.Equal((1m, prices.WhatsApp), (usage.Actual.Lines[2].Count!.Value, usage.Actual.Lines[2].Price));
        Assert.Equal(100 - usage.Actual.Total, usage.Balance!.Amount);
    }

    [Fact]
    public async Task A_month_without_usage_costs_nothing_and_a_sub_account_has_no_balance()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        world.Simulator.Change(world.Account.Sid, account => account with { OwnerAccountSid = "AC00000000000000000000000000000009" });

        var usage = (await Refresh(world).RunAsync(world.Tenant, default)).Value;

        Assert.Equal((0m, 0), (usage.Actual!.Total, usage.Actual.Lines.Count));
        Assert.Null(usage.Balance);
    }

    [Theory]
    [InlineData(401, 20003, "credentials_rejected")]
    [InlineData(403, 20005, "account_suspended")]
    [InlineData(429, 20429, "provider_busy")]
    [InlineData(503, 20503, "provider_unavailable")]
    public async Task A_refusal_has_a_name(int status, int code, string named)
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        world.Simulator.FailNext("usage.list", new RestFault(RestFaultKind.Error) { Status = status, Code = code });

        Assert.Equal(named, (await Refresh(world).RunAsync(world.Tenant, default)).Failure!.Code);
    }

    [Fact]
    public async Task A_month_is_asked_for_by_its_days()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        await world.Simulator.ReceiveAsync(new InboundMessage("whatsapp:+224620000001", $"whatsapp:{WhatsAppFixture.Number}", "Bonjour"));
        var month = Month.FirstDayOf(world.Simulator.Now);

        var (now, before) = (await world.Usage.ReadMonthAsync(world.Account, month), await world.Usage.ReadMonthAsync(world.Account, month.AddMonths(-1)));

        Assert.Equal(world.Simulator.Prices.WhatsApp, now.Value.Single(record => record.Category == ProviderBilling.Total).Price);
        Assert.DoesNotContain(before.Value, record => record.Price != 0);
    }

    private static RefreshUsage Refresh(WhatsAppFixture world) => new(
        world.Campaigns.Db, world.Accounts, world.Usage, world.Numbers, TimeProvider.System, world.Campaigns.Log.For<RefreshUsage>());
}
