using Relais.Simulators;
using Twilio.Exceptions;
using Twilio.Rest.Api.V2010.Account;
using static Simulators.Tests.NumberPurchaseTests;

namespace Simulators.Tests;

public sealed class OwnedNumberTests
{
    private static readonly string AccountSid = SimulatedAccount.Demo.Sid;

    [Fact]
    public async Task Owned_numbers_are_listed_newest_first_filtered_and_in_pages()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            await BuyAsync(fixture);
        }

        var bought = fixture.Simulator.Numbers(AccountSid);
        Assert.Equal(SimulatorFixture.Sms, bought[^1].PhoneNumber);
        var listed = await IncomingPhoneNumberResource.ReadAsync(new ReadIncomingPhoneNumberOptions { PageSize = 2 }, fixture.Client);
        Assert.Equal(bought.Select(number => number.Sid), listed.Select(number => number.Sid));
        Assert.Equal(4, fixture.Simulator.Calls["numbers.create"]);
        Assert.Equal(3, fixture.Simulator.Calls["numbers.list"]);

        var second = bought[1].PhoneNumber;
        Assert.Equal(second, (await ListAsync(fixture, second)).Single());
        Assert.Contains(second, await ListAsync(fixture, second[4..8]));
        Assert.Contains(second, await ListAsync(fixture, $"{second[..3]}***{second[6..]}"));
        Assert.Empty(await ListAsync(fixture, "+33"));
        fixture.Simulator.ChangeInConsole(second, number => number with { FriendlyName = "Accueil" });
        var byName = new ReadIncomingPhoneNumberOptions { FriendlyName = "Accueil" };
        var named = (await IncomingPhoneNumberResource.ReadAsync(byName, fixture.Client)).Single();
        Assert.Equal(second, named.PhoneNumber.ToString());
    }

    [Fact]
    public async Task A_number_that_is_released_between_two_pages_hides_no_other()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await BuyAsync(fixture);
        }

        var all = fixture.Simulator.Numbers(AccountSid).Select(number => number.PhoneNumber).ToList();
        var twoPerPage = new ReadIncomingPhoneNumberOptions { PageSize = 2 };
        var pages = (await IncomingPhoneNumberResource.ReadAsync(twoPerPage, fixture.Client)).GetEnumerator();
        pages.MoveNext();
        fixture.Simulator.ReleaseInConsole(all[0]);
        var seen = new List<string> { pages.Current.PhoneNumber.ToString() };
        while (pages.MoveNext())
        {
            seen.Add(pages.Current.PhoneNumber.ToString());
        }

        Assert.Equal(all, seen);
    }

    [Fact]
    public async Task An_update_changes_where_inbound_messages_go_and_nothing_that_it_does_not_name()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var number = await BuyAsync(fixture);
        var address = number.PhoneNumber.ToString();
        var changed = await UpdateAsync(fixture, number.Sid, options =>
        {
            options.SmsUrl = new Uri(fixture.Webhook.Url("/one"));
            options.SmsFallbackUrl = new Uri(fixture.Webhook.Url("/backup"));
        });
        Assert.Equal(number.FriendlyName, changed.FriendlyName);
        fixture.Webhook.Answer = http =>
        {
            http.Response.StatusCode = http.Request.Path == "/backup" ? 204 : 500;
            return Task.CompletedTask;
        };
        Assert.True((await fixture.Simulator.ReceiveAsync(new InboundMessage("+224620000001", address, "Un"))).UsedFallback);

        await UpdateAsync(fixture, number.Sid, options => options.SmsUrl = new Uri(fixture.Webhook.Url("/two")));
        await fixture.Simulator.ReceiveAsync(new InboundMessage("+224620000001", address, "Deux"));
        Assert.Equal(["/one", "/backup", "/two", "/backup"], fixture.Webhook.All.Select(received => received.Target));
        Assert.Equal((21406, 400), await RefusedAsync(() =>
            UpdateAsync(fixture, number.Sid, options => options.SmsUrl = new Uri("", UriKind.Relative))));

        fixture.Simulator.ChangeInConsole(address, owned => owned with { SmsApplicationSid = "AP" + new string('0', 32) });
        Assert.Null((await fixture.Simulator.ReceiveAsync(new InboundMessage("+224620000001", address, "Trois"))).WebhookStatus);
        var fetched = await IncomingPhoneNumberResource.FetchAsync(new FetchIncomingPhoneNumberOptions(number.Sid), fixture.Client);
        Assert.Equal(("AP" + new string('0', 32), fixture.Webhook.Url("/two")), (fetched.SmsApplicationSid, fetched.SmsUrl.OriginalString));
        await UpdateAsync(fixture, number.Sid, options => options.SmsApplicationSid = "");
        Assert.Equal(204, (await fixture.Simulator.ReceiveAsync(new InboundMessage("+224620000001", address, "Quatre"))).WebhookStatus);
    }

    [Fact]
    public async Task A_released_number_is_gone_and_for_sale_again()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var number = await BuyAsync(fixture);
        var address = number.PhoneNumber.ToString();
        Assert.True(await IncomingPhoneNumberResource.DeleteAsync(new DeleteIncomingPhoneNumberOptions(number.Sid), fixture.Client));
        Assert.Equal((20404, 404), await RefusedAsync(() =>
            IncomingPhoneNumberResource.DeleteAsync(new DeleteIncomingPhoneNumberOptions(number.Sid), fixture.Client)));
        Assert.Equal((20404, 404), await RefusedAsync(() =>
            IncomingPhoneNumberResource.FetchAsync(new FetchIncomingPhoneNumberOptions(number.Sid), fixture.Client)));
        Assert.Equal((20404, 404), await RefusedAsync(() => UpdateAsync(fixture, number.Sid, options => options.FriendlyName = "x")));
        Assert.Equal((21606, 400), await RefusedAsync(() => fixture.SendAsync("+224620000001", with: options => options.From = address)));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            fixture.Simulator.ReceiveAsync(new InboundMessage("+224620000001", address, "x")));

        var again = await BuyAsync(fixture.Client, address);
        Assert.NotEqual(number.Sid, again.Sid);
        var history = fixture.Simulator.NumberReport().Numbers.Single(entry => entry.PhoneNumber == address);
        Assert.Equal((2, 1, AccountSid, again.Sid), (history.Bought, history.Released, history.OwnedBy, history.Sid));
        Assert.Equal([address], fixture.Simulator.NumberReport().BoughtAgain);
        Assert.Equal(97.70m, fixture.Simulator.Account(AccountSid).Balance);
    }

    [Fact]
    public async Task Numbers_come_change_and_go_in_the_console()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var bought = fixture.Simulator.BuyInConsole(
            new SimulatedNumber("+14185550123", AccountSid) { SmsUrl = fixture.Webhook.Url("/inbound") });
        Assert.Equal(["+14185550123"], await ListAsync(fixture, "418"));
        Assert.Throws<ArgumentException>(() => fixture.Simulator.BuyInConsole(bought));
        Assert.Equal(204, (await fixture.Simulator.ReceiveAsync(new InboundMessage("+224620000001", "+14185550123", "x"))).WebhookStatus);
        fixture.Simulator.ReleaseInConsole("+14185550123");
        Assert.Empty(await ListAsync(fixture, "418"));
        var history = fixture.Simulator.NumberReport().Numbers.Single(entry => entry.PhoneNumber == "+14185550123");
        Assert.Equal(
            (0, 1, 0, 1, null),
            (history.Bought, history.BoughtInConsole, history.Released, history.ReleasedInConsole, history.OwnedBy));
        fixture.Simulator.Reset();
        Assert.Equal([SimulatorFixture.Sms], fixture.Simulator.NumberReport().Numbers.Select(entry => entry.PhoneNumber));
    }

    [Fact]
    public async Task Another_accounts_number_is_not_found()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var number = await BuyAsync(fixture);
        fixture.Simulator.Add(new SimulatedAccount("AC00000000000000000000000000000002", "t"));
        var other = fixture.ClientOf("AC00000000000000000000000000000002", "t");
        Assert.Equal((20404, 404), await RefusedAsync(() =>
            IncomingPhoneNumberResource.FetchAsync(new FetchIncomingPhoneNumberOptions(number.Sid), other)));
        Assert.Empty(await IncomingPhoneNumberResource.ReadAsync(new ReadIncomingPhoneNumberOptions(), other));
        var wrong = await Assert.ThrowsAsync<ApiException>(() =>
            IncomingPhoneNumberResource.ReadAsync(new ReadIncomingPhoneNumberOptions { PathAccountSid = AccountSid }, other));
        Assert.Equal(20404, wrong.Code);
    }

    private static async Task<List<string>> ListAsync(SimulatorFixture fixture, string pattern)
    {
        var options = new ReadIncomingPhoneNumberOptions { PhoneNumber = pattern };
        return [.. (await IncomingPhoneNumberResource.ReadAsync(options, fixture.Client)).Select(number => number.PhoneNumber.ToString())];
    }

    private static Task<IncomingPhoneNumberResource> UpdateAsync(
        SimulatorFixture fixture, string sid, Action<UpdateIncomingPhoneNumberOptions> with)
    {
        var options = new UpdateIncomingPhoneNumberOptions(sid);
        with(options);
        return IncomingPhoneNumberResource.UpdateAsync(options, fixture.Client);
    }
}
