using Relais.Simulators;
using Twilio.Exceptions;
using Twilio.Rest.Api.V2010.Account;
using static Simulators.Tests.NumberPurchaseTests;

namespace Simulators.Tests;

public sealed class OwnedNumberTests
{
    private static readonly string s_account = SimulatedAccount.Demo.Sid;

    [Fact]
    public async Task Owned_numbers_are_listed_newest_first_filtered_and_in_pages()
    {
        await using var world = await SimulatorFixture.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            await BuyAsync(world);
        }

        var bought = world.Simulator.Numbers(s_account);
        Assert.Equal(SimulatorFixture.Sms, bought[^1].PhoneNumber);
        var listed = await IncomingPhoneNumberResource.ReadAsync(new ReadIncomingPhoneNumberOptions { PageSize = 2 }, world.Client);
        Assert.Equal(bought.Select(number => number.Sid), listed.Select(number => number.Sid));
        Assert.Equal(4, world.Simulator.Calls["numbers.create"]);
        Assert.Equal(3, world.Simulator.Calls["numbers.list"]);

        var one = bought[1].PhoneNumber;
        Assert.Equal(one, (await ListAsync(world, one)).Single());
        Assert.Contains(one, await ListAsync(world, one[4..8]));
        Assert.Contains(one, await ListAsync(world, $"{one[..3]}***{one[6..]}"));
        Assert.Empty(await ListAsync(world, "+33"));
        world.Simulator.ChangeInConsole(one, number => number with { FriendlyName = "Accueil" });
        Assert.Equal(one, (await IncomingPhoneNumberResource.ReadAsync(new ReadIncomingPhoneNumberOptions { FriendlyName = "Accueil" }, world.Client)).Single().PhoneNumber.ToString());
    }

    [Fact]
    public async Task A_number_that_is_released_between_two_pages_hides_no_other()
    {
        await using var world = await SimulatorFixture.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await BuyAsync(world);
        }

        var all = world.Simulator.Numbers(s_account).Select(number => number.PhoneNumber).ToList();
        var pages = (await IncomingPhoneNumberResource.ReadAsync(new ReadIncomingPhoneNumberOptions { PageSize = 2 }, world.Client)).GetEnumerator();
        pages.MoveNext();
        world.Simulator.ReleaseInConsole(all[0]);
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
        await using var world = await SimulatorFixture.StartAsync();
        var number = await BuyAsync(world);
        var address = number.PhoneNumber.ToString();
        var changed = await UpdateAsync(world, number.Sid, options => (options.SmsUrl, options.SmsFallbackUrl) = (new Uri(world.Webhook.Url("/one")), new Uri(world.Webhook.Url("/backup"))));
        Assert.Equal(number.FriendlyName, changed.FriendlyName);
        world.Webhook.Answer = http =>
        {
            http.Response.StatusCode = http.Request.Path == "/backup" ? 204 : 500;
            return Task.CompletedTask;
        };
        Assert.True((await world.Simulator.ReceiveAsync(new InboundMessage("+224620000001", address, "Un"))).UsedFallback);

        await UpdateAsync(world, number.Sid, options => options.SmsUrl = new Uri(world.Webhook.Url("/two")));
        await world.Simulator.ReceiveAsync(new InboundMessage("+224620000001", address, "Deux"));
        Assert.Equal(["/one", "/backup", "/two", "/backup"], world.Webhook.All.Select(received => received.Target));
        Assert.Equal((21406, 400), await RefusedAsync(() => UpdateAsync(world, number.Sid, options => options.SmsUrl = new Uri("", UriKind.Relative))));

        world.Simulator.ChangeInConsole(address, owned => owned with { SmsApplicationSid = "AP" + new string('0', 32) });
        Assert.Null((await world.Simulator.ReceiveAsync(new InboundMessage("+224620000001", address, "Trois"))).WebhookStatus);
        var fetched = await IncomingPhoneNumberResource.FetchAsync(new FetchIncomingPhoneNumberOptions(number.Sid), world.Client);
        Assert.Equal(("AP" + new string('0', 32), world.Webhook.Url("/two")), (fetched.SmsApplicationSid, fetched.SmsUrl.OriginalString));
        await UpdateAsync(world, number.Sid, options => options.SmsApplicationSid = "");
        Assert.Equal(204, (await world.Simulator.ReceiveAsync(new InboundMessage("+224620000001", address, "Quatre"))).WebhookStatus);
    }

    [Fact]
    public async Task A_released_number_is_gone_and_for_sale_again()
    {
        await using var world = await SimulatorFixture.StartAsync();
        var number = await BuyAsync(world);
        var address = number.PhoneNumber.ToString();
        Assert.True(await IncomingPhoneNumberResource.DeleteAsync(new DeleteIncomingPhoneNumberOptions(number.Sid), world.Client));
        Assert.Equal((20404, 404), await RefusedAsync(() => IncomingPhoneNumberResource.DeleteAsync(new DeleteIncomingPhoneNumberOptions(number.Sid), world.Client)));
        Assert.Equal((20404, 404), await RefusedAsync(() => IncomingPhoneNumberResource.FetchAsync(new FetchIncomingPhoneNumberOptions(number.Sid), world.Client)));
        Assert.Equal((20404, 404), await RefusedAsync(() => UpdateAsync(world, number.Sid, options => options.FriendlyName = "x")));
        Assert.Equal((21606, 400), await RefusedAsync(() => world.SendAsync("+224620000001", with: options => options.From = address)));
        await Assert.ThrowsAsync<ArgumentException>(() => world.Simulator.ReceiveAsync(new InboundMessage("+224620000001", address, "x")));

        var again = await BuyAsync(world.Client, address);
        Assert.NotEqual(number.Sid, again.Sid);
        var history = world.Simulator.NumberReport().Numbers.Single(one => one.PhoneNumber == address);
        Assert.Equal((2, 1, s_account, again.Sid), (history.Bought, history.Released, history.OwnedBy, history.Sid));
        Assert.Equal([address], world.Simulator.NumberReport().BoughtAgain);
        Assert.Equal(97.70m, world.Simulator.Account(s_account).Balance);
    }

    [Fact]
    public async Task Numbers_come_change_and_go_in_the_console()
    {
        await using var world = await SimulatorFixture.StartAsync();
        var bought = world.Simulator.BuyInConsole(new SimulatedNumber("+14185550123", s_account) { SmsUrl = world.Webhook.Url("/inbound") });
        Assert.Equal(["+14185550123"], await ListAsync(world, "418"));
        Assert.Throws<ArgumentException>(() => world.Simulator.BuyInConsole(bought));
        Assert.Equal(204, (await world.Simulator.ReceiveAsync(new InboundMessage("+224620000001", "+14185550123", "x"))).WebhookStatus);
        world.Simulator.ReleaseInConsole("+14185550123");
        Assert.Empty(await ListAsync(world, "418"));
        var history = world.Simulator.NumberReport().Numbers.Single(one => one.PhoneNumber == "+14185550123");
        Assert.Equal((0, 1, 0, 1, null), (history.Bought, history.BoughtInConsole, history.Released, history.ReleasedInConsole, history.OwnedBy));
        world.Simulator.Reset();
        Assert.Equal([SimulatorFixture.Sms], world.Simulator.NumberReport().Numbers.Select(one => one.PhoneNumber));
    }

    [Fact]
    public async Task Another_accounts_number_is_not_found()
    {
        await using var world = await SimulatorFixture.StartAsync();
        var number = await BuyAsync(world);
        world.Simulator.Add(new SimulatedAccount("AC00000000000000000000000000000002", "t"));
        var other = world.ClientOf("AC00000000000000000000000000000002", "t");
        Assert.Equal((20404, 404), await RefusedAsync(() => IncomingPhoneNumberResource.FetchAsync(new FetchIncomingPhoneNumberOptions(number.Sid), other)));
        Assert.Empty(await IncomingPhoneNumberResource.ReadAsync(new ReadIncomingPhoneNumberOptions(), other));
        var wrong = await Assert.ThrowsAsync<ApiException>(() =>
            IncomingPhoneNumberResource.ReadAsync(new ReadIncomingPhoneNumberOptions { PathAccountSid = s_account }, other));
        Assert.Equal(20404, wrong.Code);
    }

    private static async Task<List<string>> ListAsync(SimulatorFixture world, string pattern) =>
        [.. (await IncomingPhoneNumberResource.ReadAsync(new ReadIncomingPhoneNumberOptions { PhoneNumber = pattern }, world.Client)).Select(number => number.PhoneNumber.ToString())];

    private static Task<IncomingPhoneNumberResource> UpdateAsync(SimulatorFixture world, string sid, Action<UpdateIncomingPhoneNumberOptions> with)
    {
        var options = new UpdateIncomingPhoneNumberOptions(sid);
        with(options);
        return IncomingPhoneNumberResource.UpdateAsync(options, world.Client);
    }
}
