using System.Globalization;
using Relais.Simulators;
using Twilio.Exceptions;
using Twilio.Rest.Api.V2010;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Rest.Api.V2010.Account.Usage;
using Twilio.Rest.Api.V2010.Account.Usage.Record;
using Twilio.Rest.Numbers.V2.RegulatoryCompliance;
using static Simulators.Tests.NumberPurchaseTests;

namespace Simulators.Tests;

public sealed class AccountTests
{
    private static readonly string s_account = SimulatedAccount.Demo.Sid;

    [Fact]
    public async Task An_account_is_as_it_was_set()
    {
        await using var world = await SimulatorFixture.StartAsync();
        var account = await FetchAsync(world);
        Assert.Equal((AccountResource.StatusEnum.Active, AccountResource.TypeEnum.Full, s_account), (account.Status, account.Type, account.OwnerAccountSid));
        world.Simulator.Change(s_account, one => one with { Type = "Trial", FriendlyName = "Clinique", OwnerAccountSid = "AC9" });
        account = await FetchAsync(world);
        Assert.Equal((AccountResource.TypeEnum.Trial, "Clinique", "AC9"), (account.Type, account.FriendlyName, account.OwnerAccountSid));
        Assert.Equal((20404, 404), await RefusedAsync(() => BalanceResource.FetchAsync(new FetchBalanceOptions(), world.Client)));
    }

    [Fact]
    public async Task A_suspended_account_may_only_look_at_itself_and_a_closed_one_may_nothing()
    {
        await using var world = await SimulatorFixture.StartAsync();
        world.Simulator.Change(s_account, account => account with { Status = "suspended" });
        Assert.Equal(AccountResource.StatusEnum.Suspended, (await FetchAsync(world)).Status);
        Assert.Equal("100", (await BalanceResource.FetchAsync(new FetchBalanceOptions(), world.Client)).Balance);
        Assert.Equal((20005, 403), await RefusedAsync(() => IncomingPhoneNumberResource.ReadAsync(new ReadIncomingPhoneNumberOptions(), world.Client)));
        Assert.Equal((20005, 403), await RefusedAsync(() => world.SendAsync("+224620000001")));
        world.Simulator.Change(s_account, account => account with { Status = "closed" });
        Assert.Equal((20003, 401), await RefusedAsync(() => FetchAsync(world)));
        world.Simulator.Change(s_account, account => account with { Status = "active" });
        await world.SendAsync("+224620000001");
    }

    [Fact]
    public async Task A_token_that_was_changed_opens_nothing_and_signs_nothing_any_more()
    {
        await using var world = await SimulatorFixture.StartAsync();
        Assert.Equal((20003, 401), await RefusedAsync(() => AccountResource.FetchAsync(new FetchAccountOptions(), world.ClientOf(s_account, "wrong"))));
        world.Simulator.Change(s_account, account => account with { AuthToken = "another" });
        Assert.Equal((20003, 401), await RefusedAsync(() => FetchAsync(world)));
        Assert.Equal(s_account, (await AccountResource.FetchAsync(new FetchAccountOptions(), world.ClientOf(s_account, "another"))).Sid);
        await world.Simulator.ReceiveAsync(new InboundMessage("+224620000001", SimulatorFixture.Sms, "x"));
        Assert.False(world.Webhook.All.Single().IsSigned);
    }

    [Fact]
    public async Task Usage_counts_sent_received_and_bought()
    {
        await using var world = await SimulatorFixture.StartAsync();
        await world.SendAsync("+224620000001", new string('x', 161));
        await world.SendAsync("+224620000001");
        await world.SendAsync("whatsapp:+224620000001");
        await world.Simulator.ReceiveAsync(new InboundMessage("+224620000001", SimulatorFixture.Sms, "Bonjour"));
        await BuyAsync(world);
        await world.IdleAsync();

        var records = (await ThisMonthResource.ReadAsync(new ReadThisMonthOptions { PageSize = 1000 }, world.Client)).ToDictionary(record => record.Category);
        Assert.Equal(("2", "3", 0.0249m), (records["sms-outbound"].Count, records["sms-outbound"].Usage, records["sms-outbound"].Price));
        Assert.Equal(("1", 0.0083m), (records["sms-inbound"].Count, records["sms-inbound"].Price));
        Assert.Equal(("3", "4", 0.0332m), (records["sms"].Count, records["sms"].Usage, records["sms"].Price));
        Assert.Equal(("1", 0.005m), (records["channels-whatsapp"].Count, records["channels-whatsapp"].Price));
        Assert.Equal(("1", 1.15m, 0m), (records["phonenumbers"].Count, records["phonenumbers-local"].Price, records["phonenumbers-tollfree"].Price));
        Assert.Equal(1.1882m, records["totalprice"].Price);
        Assert.Equal((100m - 1.1882m).ToString(CultureInfo.InvariantCulture), (await BalanceResource.FetchAsync(new FetchBalanceOptions(), world.Client)).Balance);
        Assert.Equal(1, records["sms"].StartDate!.Value.Day);

        var all = (await RecordResource.ReadAsync(new ReadRecordOptions { Category = "sms-outbound" }, world.Client)).Single();
        Assert.Equal("3", all.Usage);
        world.Simulator.Reset();
        Assert.Equal("0", (await RecordResource.ReadAsync(new ReadRecordOptions { Category = "sms-outbound" }, world.Client)).Single().Usage);
    }

    [Fact]
    public async Task Usage_falls_into_the_month_of_the_simulators_clock()
    {
        await using var world = await SimulatorFixture.StartAsync();
        await world.SendAsync("+224620000001");
        var day = world.Simulator.Now;
        world.Simulator.AdvanceClock(TimeSpan.FromDays(32));
        await world.SendAsync("+224620000001");
        await world.SendAsync("+224620000001");
        var months = (await MonthlyResource.ReadAsync(new ReadMonthlyOptions { Category = "sms-outbound" }, world.Client)).ToList();
        Assert.Equal("2", months[0].Count);
        Assert.Equal("1", months[^1].Count);
        Assert.Equal("2", (await ThisMonthResource.ReadAsync(new ReadThisMonthOptions { Category = "sms-outbound" }, world.Client)).Single().Count);
        var then = new ReadRecordOptions { Category = "sms-outbound", StartDate = day.UtcDateTime.Date, EndDate = day.UtcDateTime.Date.AddDays(1) };
        Assert.Equal("1", (await RecordResource.ReadAsync(then, world.Client)).Single().Count);
    }

    [Fact]
    public async Task Addresses_regulations_and_bundles_are_listed_and_fetched()
    {
        await using var world = await SimulatorFixture.StartAsync(options => options with
        {
            Addresses = [new("AD1", s_account), new("AD2", s_account) { IsoCountry = "FR", City = "Lyon" }, new("AD3", "AC9")],
            Bundles = [new("BU1", s_account), new("BU2", s_account) { Status = "draft", NumberType = NumberType.Mobile }, new("BU3", s_account) { IsoCountry = "GB" }],
        });
        Assert.Equal(["AD1", "AD2"], (await AddressResource.ReadAsync(new ReadAddressOptions { PageSize = 1 }, world.Client)).Select(address => address.Sid));
        Assert.Equal("Lyon", (await AddressResource.ReadAsync(new ReadAddressOptions { IsoCountry = "FR" }, world.Client)).Single().City);
        Assert.True((await AddressResource.FetchAsync(new FetchAddressOptions("AD1"), world.Client)).Validated);
        Assert.Equal((20404, 404), await RefusedAsync(() => AddressResource.FetchAsync(new FetchAddressOptions("AD3"), world.Client)));

        var read = new ReadRegulationOptions { IsoCountry = "FR", NumberType = "local", EndUserType = RegulationResource.EndUserTypeEnum.Business };
        var regulation = (await RegulationResource.ReadAsync(read, world.Client)).Single();
        Assert.Equal(("FR", "local"), (regulation.IsoCountry, regulation.NumberType));
        Assert.Equal(regulation.FriendlyName, (await RegulationResource.FetchAsync(new FetchRegulationOptions(regulation.Sid), world.Client)).FriendlyName);
        Assert.Empty(await RegulationResource.ReadAsync(new ReadRegulationOptions { IsoCountry = "CA" }, world.Client));

        Assert.Equal(["BU1", "BU2", "BU3"], (await BundleResource.ReadAsync(new ReadBundleOptions { PageSize = 2 }, world.Client)).Select(bundle => bundle.Sid));
        var approved = (await BundleResource.ReadAsync(new ReadBundleOptions { Status = BundleResource.StatusEnum.TwilioApproved, IsoCountry = "FR", NumberType = "local" }, world.Client)).Single();
        Assert.Equal(("BU1", regulation.Sid), (approved.Sid, approved.RegulationSid));
        Assert.Equal(BundleResource.StatusEnum.Draft, (await BundleResource.FetchAsync(new FetchBundleOptions("BU2"), world.Client)).Status);
        Assert.Equal(20404, (await Assert.ThrowsAsync<ApiException>(() => BundleResource.FetchAsync(new FetchBundleOptions("BU9"), world.Client))).Code);
    }

    private static Task<AccountResource> FetchAsync(SimulatorFixture world) => AccountResource.FetchAsync(new FetchAccountOptions(), world.Client);
}
