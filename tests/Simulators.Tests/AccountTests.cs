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
    private static readonly string AccountSid = SimulatedAccount.Demo.Sid;

    [Fact]
    public async Task An_account_is_as_it_was_set()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var account = await FetchAsync(fixture);
        Assert.Equal(
            (AccountResource.StatusEnum.Active, AccountResource.TypeEnum.Full, AccountSid),
            (account.Status, account.Type, account.OwnerAccountSid));
        fixture.Simulator.Change(
            AccountSid, present => present with { Type = "Trial", FriendlyName = "Clinique", OwnerAccountSid = "AC9" });
        account = await FetchAsync(fixture);
        Assert.Equal((AccountResource.TypeEnum.Trial, "Clinique", "AC9"), (account.Type, account.FriendlyName, account.OwnerAccountSid));
        Assert.Equal((20404, 404), await RefusedAsync(() =>
            BalanceResource.FetchAsync(new FetchBalanceOptions(), fixture.Client)));
    }

    [Fact]
    public async Task A_suspended_account_may_only_look_at_itself_and_a_closed_one_may_nothing()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        fixture.Simulator.Change(AccountSid, account => account with { Status = "suspended" });
        Assert.Equal(AccountResource.StatusEnum.Suspended, (await FetchAsync(fixture)).Status);
        Assert.Equal("100", (await BalanceResource.FetchAsync(new FetchBalanceOptions(), fixture.Client)).Balance);
        Assert.Equal((20005, 403), await RefusedAsync(() =>
            IncomingPhoneNumberResource.ReadAsync(new ReadIncomingPhoneNumberOptions(), fixture.Client)));
        Assert.Equal((20005, 403), await RefusedAsync(() => fixture.SendAsync("+224620000001")));
        fixture.Simulator.Change(AccountSid, account => account with { Status = "closed" });
        Assert.Equal((20003, 401), await RefusedAsync(() => FetchAsync(fixture)));
        fixture.Simulator.Change(AccountSid, account => account with { Status = "active" });
        await fixture.SendAsync("+224620000001");
    }

    [Fact]
    public async Task A_token_that_was_changed_opens_nothing_and_signs_nothing_any_more()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        Assert.Equal((20003, 401), await RefusedAsync(() =>
            AccountResource.FetchAsync(new FetchAccountOptions(), fixture.ClientOf(AccountSid, "wrong"))));
        fixture.Simulator.Change(AccountSid, account => account with { AuthToken = "another" });
        Assert.Equal((20003, 401), await RefusedAsync(() => FetchAsync(fixture)));
        var fetched = await AccountResource.FetchAsync(new FetchAccountOptions(), fixture.ClientOf(AccountSid, "another"));
        Assert.Equal(AccountSid, fetched.Sid);
        await fixture.Simulator.ReceiveAsync(new InboundMessage("+224620000001", SimulatorFixture.Sms, "x"));
        Assert.False(fixture.Webhook.All.Single().IsSigned);
    }

    [Fact]
    public async Task Usage_counts_sent_received_and_bought()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        await fixture.SendAsync("+224620000001", new string('x', 161));
        await fixture.SendAsync("+224620000001");
        await fixture.SendAsync("whatsapp:+224620000001");
        await fixture.Simulator.ReceiveAsync(new InboundMessage("+224620000001", SimulatorFixture.Sms, "Bonjour"));
        await BuyAsync(fixture);
        await fixture.IdleAsync();

        var records = (await ThisMonthResource.ReadAsync(new ReadThisMonthOptions { PageSize = 1000 }, fixture.Client))
            .ToDictionary(record => record.Category);
        Assert.Equal(("2", "3", 0.0249m), (records["sms-outbound"].Count, records["sms-outbound"].Usage, records["sms-outbound"].Price));
        Assert.Equal(("1", 0.0083m), (records["sms-inbound"].Count, records["sms-inbound"].Price));
        Assert.Equal(("3", "4", 0.0332m), (records["sms"].Count, records["sms"].Usage, records["sms"].Price));
        Assert.Equal(("1", 0.005m), (records["channels-whatsapp"].Count, records["channels-whatsapp"].Price));
        Assert.Equal(
            ("1", 1.15m, 0m),
            (records["phonenumbers"].Count, records["phonenumbers-local"].Price, records["phonenumbers-tollfree"].Price));
        Assert.Equal(1.1882m, records["totalprice"].Price);
        var balance = await BalanceResource.FetchAsync(new FetchBalanceOptions(), fixture.Client);
        Assert.Equal((100m - 1.1882m).ToString(CultureInfo.InvariantCulture), balance.Balance);
        Assert.Equal(1, records["sms"].StartDate!.Value.Day);

        var all = (await RecordResource.ReadAsync(new ReadRecordOptions { Category = "sms-outbound" }, fixture.Client)).Single();
        Assert.Equal("3", all.Usage);
        fixture.Simulator.Reset();
        var afterReset = await RecordResource.ReadAsync(new ReadRecordOptions { Category = "sms-outbound" }, fixture.Client);
        Assert.Equal("0", afterReset.Single().Usage);
    }

    [Fact]
    public async Task Usage_falls_into_the_month_of_the_simulators_clock()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        await fixture.SendAsync("+224620000001");
        var day = fixture.Simulator.Now;
        fixture.Simulator.AdvanceClock(TimeSpan.FromDays(32));
        await fixture.SendAsync("+224620000001");
        await fixture.SendAsync("+224620000001");
        var months = (await MonthlyResource.ReadAsync(new ReadMonthlyOptions { Category = "sms-outbound" }, fixture.Client)).ToList();
        Assert.Equal("2", months[0].Count);
        Assert.Equal("1", months[^1].Count);
        var thisMonth = await ThisMonthResource.ReadAsync(new ReadThisMonthOptions { Category = "sms-outbound" }, fixture.Client);
        Assert.Equal("2", thisMonth.Single().Count);
        var firstDay = new ReadRecordOptions
        {
            Category = "sms-outbound",
            StartDate = day.UtcDateTime.Date,
            EndDate = day.UtcDateTime.Date.AddDays(1),
        };
        Assert.Equal("1", (await RecordResource.ReadAsync(firstDay, fixture.Client)).Single().Count);
    }

    [Fact]
    public async Task Addresses_regulations_and_bundles_are_listed_and_fetched()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options => options with
        {
            Addresses = [new("AD1", AccountSid), new("AD2", AccountSid) { IsoCountry = "FR", City = "Lyon" }, new("AD3", "AC9")],
            Bundles =
            [
                new("BU1", AccountSid),
                new("BU2", AccountSid) { Status = "draft", NumberType = NumberType.Mobile },
                new("BU3", AccountSid) { IsoCountry = "GB" },
            ],
        });
        var addresses = await AddressResource.ReadAsync(new ReadAddressOptions { PageSize = 1 }, fixture.Client);
        Assert.Equal(["AD1", "AD2"], addresses.Select(address => address.Sid));
        Assert.Equal("Lyon", (await AddressResource.ReadAsync(new ReadAddressOptions { IsoCountry = "FR" }, fixture.Client)).Single().City);
        Assert.True((await AddressResource.FetchAsync(new FetchAddressOptions("AD1"), fixture.Client)).Validated);
        Assert.Equal((20404, 404), await RefusedAsync(() => AddressResource.FetchAsync(new FetchAddressOptions("AD3"), fixture.Client)));

        var frenchLocal = new ReadRegulationOptions
        {
            IsoCountry = "FR",
            NumberType = "local",
            EndUserType = RegulationResource.EndUserTypeEnum.Business,
        };
        var regulation = (await RegulationResource.ReadAsync(frenchLocal, fixture.Client)).Single();
        Assert.Equal(("FR", "local"), (regulation.IsoCountry, regulation.NumberType));
        var fetched = await RegulationResource.FetchAsync(new FetchRegulationOptions(regulation.Sid), fixture.Client);
        Assert.Equal(regulation.FriendlyName, fetched.FriendlyName);
        Assert.Empty(await RegulationResource.ReadAsync(new ReadRegulationOptions { IsoCountry = "CA" }, fixture.Client));

        var bundles = await BundleResource.ReadAsync(new ReadBundleOptions { PageSize = 2 }, fixture.Client);
        Assert.Equal(["BU1", "BU2", "BU3"], bundles.Select(bundle => bundle.Sid));
        var approvedOnly = new ReadBundleOptions
        {
            Status = BundleResource.StatusEnum.TwilioApproved,
            IsoCountry = "FR",
            NumberType = "local",
        };
        var approved = (await BundleResource.ReadAsync(approvedOnly, fixture.Client)).Single();
        Assert.Equal(("BU1", regulation.Sid), (approved.Sid, approved.RegulationSid));
        var draft = await BundleResource.FetchAsync(new FetchBundleOptions("BU2"), fixture.Client);
        Assert.Equal(BundleResource.StatusEnum.Draft, draft.Status);
        var missing = await Assert.ThrowsAsync<ApiException>(() =>
            BundleResource.FetchAsync(new FetchBundleOptions("BU9"), fixture.Client));
        Assert.Equal(20404, missing.Code);
    }

    private static Task<AccountResource> FetchAsync(SimulatorFixture fixture) =>
        AccountResource.FetchAsync(new FetchAccountOptions(), fixture.Client);
}
