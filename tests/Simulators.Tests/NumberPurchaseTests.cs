using Relais.Simulators;
using Twilio.Clients;
using Twilio.Exceptions;
using Twilio.Rest.Api.V2010.Account;
using Twilio.Rest.Api.V2010.Account.AvailablePhoneNumberCountry;

namespace Simulators.Tests;

public sealed class NumberPurchaseTests
{
    private static readonly string AccountSid = SimulatedAccount.Demo.Sid;

    [Fact]
    public async Task A_bought_number_is_charged_disappears_and_works()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var number = await FindAsync(fixture);
        var bought = await IncomingPhoneNumberResource.CreateAsync(new CreateIncomingPhoneNumberOptions
        {
            PhoneNumber = number,
            FriendlyName = "Clinique",
            SmsUrl = new Uri(fixture.Webhook.Url("/inbound?n=1")),
            SmsFallbackUrl = new Uri(fixture.Webhook.Url("/backup")),
            StatusCallback = new Uri(fixture.Webhook.Url("/voice")),
        }, fixture.Client);
        Assert.Matches("^PN[0-9a-f]{32}$", bought.Sid);
        Assert.Equal(
            (number, "Clinique", "POST", "in-use"),
            (bought.PhoneNumber.ToString(), bought.FriendlyName, bought.SmsMethod.ToString(), bought.Status));
        Assert.Equal(
            (fixture.Webhook.Url("/inbound?n=1"), fixture.Webhook.Url("/backup")),
            (bought.SmsUrl.OriginalString, bought.SmsFallbackUrl.OriginalString));
        Assert.NotNull(bought.DateCreated);
        Assert.True(bought.Capabilities.Sms);
        Assert.Null(bought.SmsApplicationSid is { Length: > 0 } sid ? sid : null);
        Assert.Equal(100m - 1.15m, fixture.Simulator.Account(AccountSid).Balance);
        Assert.DoesNotContain(number, await AllAsync(fixture));

        await fixture.SendAsync("+224620000001", with: options => options.From = number);
        Assert.Equal(number, fixture.Simulator.Messages("+224620000001").Single().Sender);
        await fixture.Simulator.ReceiveAsync(new InboundMessage("+224620000001", number, "Bonjour"));
        Assert.Equal("/inbound?n=1", fixture.Webhook.All.Last(received => received.Form.GetValueOrDefault("Body") == "Bonjour").Target);
    }

    [Fact]
    public async Task An_owned_number_is_not_for_sale()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var number = await BuyAsync(fixture);
        fixture.Simulator.Add(new SimulatedAccount("AC00000000000000000000000000000002", "t"));
        var other = fixture.ClientOf("AC00000000000000000000000000000002", "t");
        Assert.Equal((21422, 400), await RefusedAsync(() => BuyAsync(other, number.PhoneNumber.ToString())));
        Assert.Equal((21422, 400), await RefusedAsync(() => BuyAsync(fixture.Client, number.PhoneNumber.ToString())));
        Assert.Equal((21422, 400), await RefusedAsync(() => BuyAsync(other, SimulatorFixture.Sms)));
        Assert.Equal((21422, 400), await RefusedAsync(() => BuyAsync(other, "+15145550199")));
        var report = fixture.Simulator.NumberReport();
        Assert.Equal((1, 0), (report.Bought, report.Released));
        Assert.Empty(report.OwnedBy("AC00000000000000000000000000000002"));
        Assert.Empty(report.BoughtAgain);
    }

    [Fact]
    public async Task Of_many_buyers_at_once_one_gets_the_number()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var number = await FindAsync(fixture);
        var tries = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            try
            {
                await BuyAsync(fixture.Client, number);
                return 0;
            }
            catch (ApiException e)
            {
                return e.Code;
            }
        }));
        Assert.Equal(1, tries.Count(code => code == 0));
        Assert.Equal(9, tries.Count(code => code == 21422));
        Assert.Equal(98.85m, fixture.Simulator.Account(AccountSid).Balance);
    }

    [Theory]
    [InlineData("5145550100", 21421)]
    [InlineData("+15005550001", 21421)]
    [InlineData("+15005550000", 21422)]
    public async Task A_number_that_is_none_or_not_for_sale_is_refused(string number, int code)
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        Assert.Equal((code, 400), await RefusedAsync(() => BuyAsync(fixture.Client, number)));
    }

    [Theory]
    [InlineData("418", 0)]
    [InlineData("500", 0)]
    [InlineData("533", 21452)]
    [InlineData("12", 21451)]
    [InlineData("", 21421)]
    public async Task An_area_code_is_enough(string areaCode, int code)
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var options = new CreateIncomingPhoneNumberOptions { AreaCode = areaCode };
        if (code == 0)
        {
            var bought = await IncomingPhoneNumberResource.CreateAsync(options, fixture.Client);
            Assert.StartsWith("+1" + areaCode, bought.PhoneNumber.ToString(), StringComparison.Ordinal);
            return;
        }

        Assert.Equal((code, 400), await RefusedAsync(() => IncomingPhoneNumberResource.CreateAsync(options, fixture.Client)));
    }

    [Theory]
    [InlineData("FR", "Local", null, null, 21631)]
    [InlineData("FR", "Local", "AD9", "BU1", 21628)]
    [InlineData("FR", "Local", "AD3", "BU1", 21629)]
    [InlineData("FR", "Local", "AD1", "BU1", 21615)]
    [InlineData("FR", "Local", "AD2", null, 21649)]
    [InlineData("FR", "Local", "AD2", "BU2", 21649)]
    [InlineData("FR", "Local", "AD2", "BU9", 21651)]
    [InlineData("FR", "Mobile", "AD2", "BU1", 21651)]
    [InlineData("FR", "Local", "AD2", "BU1", 0)]
    [InlineData("GB", "Mobile", null, null, 21631)]
    [InlineData("GB", "Local", "AD1", null, 0)]
    [InlineData("BE", "Mobile", "AD1", null, 21650)]
    [InlineData("CA", "Local", null, null, 0)]
    public async Task A_country_asks_for_an_address_a_bundle_or_an_identity(
        string country, string type, string? address, string? bundle, int code)
    {
        await using var fixture = await SimulatorFixture.StartAsync(options => options with
        {
            Addresses =
            [
                new("AD1", AccountSid),
                new("AD2", AccountSid) { IsoCountry = "FR" },
                new("AD3", AccountSid) { IsoCountry = "FR", Validated = false },
            ],
            Bundles = [new("BU1", AccountSid), new("BU2", AccountSid) { Status = "pending-review" }],
        });
        var number = type == "Mobile"
            ? (await MobileResource.ReadAsync(new ReadMobileOptions(country), fixture.Client)).First().PhoneNumber.ToString()
            : (await LocalResource.ReadAsync(new ReadLocalOptions(country), fixture.Client)).First().PhoneNumber.ToString();
        var options = new CreateIncomingPhoneNumberOptions { PhoneNumber = number, AddressSid = address, BundleSid = bundle };
        if (code == 0)
        {
            Assert.Equal(address, (await IncomingPhoneNumberResource.CreateAsync(options, fixture.Client)).AddressSid);
            return;
        }

        Assert.Equal((code, 400), await RefusedAsync(() => IncomingPhoneNumberResource.CreateAsync(options, fixture.Client)));
        Assert.Equal(100m, fixture.Simulator.Account(AccountSid).Balance);
    }

    [Fact]
    public async Task A_trial_account_has_one_number_and_an_empty_balance_buys_none()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options => options with { Senders = [] });
        fixture.Simulator.Change(AccountSid, account => account with { Type = "Trial" });
        await BuyAsync(fixture);
        Assert.Equal((21404, 400), await RefusedAsync(() => BuyAsync(fixture)));
        fixture.Simulator.Change(AccountSid, account => account with { Type = "Full", Balance = 1m });
        Assert.Equal((20005, 403), await RefusedAsync(() => BuyAsync(fixture)));
        fixture.Simulator.Change(AccountSid, account => account with { Balance = 1.15m });
        await BuyAsync(fixture);
        Assert.Equal(0m, fixture.Simulator.Account(AccountSid).Balance);
    }

    [Fact]
    public async Task Urls_and_methods_are_checked()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var number = await FindAsync(fixture);
        Task<IncomingPhoneNumberResource> BuyWithAsync(Action<CreateIncomingPhoneNumberOptions> with)
        {
            var options = new CreateIncomingPhoneNumberOptions { PhoneNumber = number };
            with(options);
            return IncomingPhoneNumberResource.CreateAsync(options, fixture.Client);
        }

        Assert.Equal((21402, 400), await RefusedAsync(() =>
            BuyWithAsync(options => options.SmsUrl = new Uri("/inbound", UriKind.Relative))));
        Assert.Equal((21402, 400), await RefusedAsync(() =>
            BuyWithAsync(options => options.StatusCallback = new Uri("ftp://example.org/"))));
        Assert.Equal((21403, 400), await RefusedAsync(() => BuyWithAsync(options => options.SmsMethod = "PUT")));
        Assert.Equal((21406, 400), await RefusedAsync(() =>
            BuyWithAsync(options => options.SmsFallbackUrl = new Uri("https://example.org/"))));
        Assert.Equal((21218, 400), await RefusedAsync(() => BuyWithAsync(options => options.SmsApplicationSid = "AP1")));
        Assert.Equal((20422, 400), await RefusedAsync(() => BuyWithAsync(options => options.FriendlyName = new string('x', 65))));
        Assert.Equal(0, fixture.Simulator.NumberReport().Bought);
        Assert.Equal(6, fixture.Simulator.Calls["numbers.create"]);
    }

    internal static async Task<string> FindAsync(SimulatorFixture fixture) =>
        (await LocalResource.ReadAsync(new ReadLocalOptions("CA") { AreaCode = 514, PageSize = 1 }, fixture.Client))
            .First().PhoneNumber.ToString();

    internal static async Task<IncomingPhoneNumberResource> BuyAsync(SimulatorFixture fixture) =>
        await BuyAsync(fixture.Client, await FindAsync(fixture));

    internal static Task<IncomingPhoneNumberResource> BuyAsync(TwilioRestClient client, string number) =>
        IncomingPhoneNumberResource.CreateAsync(new CreateIncomingPhoneNumberOptions { PhoneNumber = number }, client);

    internal static async Task<(int Code, int Status)> RefusedAsync(Func<Task> act)
    {
        var refused = await Assert.ThrowsAsync<ApiException>(act);
        Assert.Equal($"https://www.twilio.com/docs/errors/{refused.Code}", refused.MoreInfo);
        return (refused.Code, refused.Status);
    }

    private static async Task<List<string>> AllAsync(SimulatorFixture fixture) =>
    [
        .. (await LocalResource.ReadAsync(new ReadLocalOptions("CA") { AreaCode = 514, PageSize = 1000 }, fixture.Client))
            .Select(number => number.PhoneNumber.ToString()),
    ];
}
