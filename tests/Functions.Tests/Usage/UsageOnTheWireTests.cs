using Functions.Tests.WhatsAppSenders;
using Relais.Kit;
using Relais.Simulators;
using Relais.Usage;

namespace Functions.Tests.Usage;

/// <summary>Reads usage records with the SDK over HTTP from the simulator.</summary>
public sealed class UsageOnTheWireTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Billed_usage_equals_the_charges_of_the_simulator()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        world.Simulator.BuyInConsole(new SimulatedNumber("+14185550100", world.Account.Sid));
        await world.Simulator.ReceiveAsync(
            new InboundMessage("whatsapp:+224620000001", $"whatsapp:{WhatsAppFixture.SenderNumber}", "Bonjour"));

        var usage = (await Refresh(world).RunAsync(world.Tenant, default)).Value;

        var prices = world.Simulator.Prices;
        Assert.Equal(("USD", prices.LocalNumber + prices.WhatsApp), (usage.Actual!.Currency, usage.Actual.Total));
        Assert.Equal(
            ["channels", "channels-whatsapp", "channels-whatsapp-inbound", "phonenumbers", "phonenumbers-local"],
            usage.Actual.Lines.Select(line => line.Category));
        Assert.Equal((1m, prices.WhatsApp), (usage.Actual.Lines[2].Count!.Value, usage.Actual.Lines[2].Price));
        Assert.Equal(100 - usage.Actual.Total, usage.Balance!.Amount);
    }

    [Fact]
    public async Task A_sub_account_has_no_balance_and_a_month_without_usage_no_cost()
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
    public async Task A_provider_error_has_a_failure_code(int status, int code, string failureCode)
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        world.Simulator.FailNext("usage.list", new RestFault(RestFaultKind.Error) { Status = status, Code = code });

        Assert.Equal(failureCode, (await Refresh(world).RunAsync(world.Tenant, default)).Failure!.Code);
    }

    [Fact]
    public async Task Usage_is_read_by_month()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        await world.Simulator.ReceiveAsync(
            new InboundMessage("whatsapp:+224620000001", $"whatsapp:{WhatsAppFixture.SenderNumber}", "Bonjour"));
        var month = Month.FirstDayOf(world.Simulator.Now);

        var current = await world.Usage.ReadMonthAsync(world.Account, month);
        var previous = await world.Usage.ReadMonthAsync(world.Account, month.AddMonths(-1));

        Assert.Equal(world.Simulator.Prices.WhatsApp, current.Value.Single(record => record.Category == ProviderBilling.Total).Price);
        Assert.DoesNotContain(previous.Value, record => record.Price != 0);
    }

    private static RefreshUsage Refresh(WhatsAppFixture world) => new(
        world.Db, world.Accounts, world.Usage, world.Numbers, TimeProvider.System, world.Log.For<RefreshUsage>());
}
