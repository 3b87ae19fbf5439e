using System.Net;
using Relais.Kit;
using Relais.Simulators;

namespace EndToEnd.Tests.Numbers;

[Collection(TelephonyCollection.Name)]
public sealed class ConcurrentPurchaseTests(TelephonySystem telephony)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ten_concurrent_requests_buy_once_and_get_the_same_answer(bool withToken)
    {
        using var line = await TestTenant.OpenAsync(telephony.System);

        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => line.BuyAsync(withToken ? "one" : null)));
        var later = await line.BuyAsync(withToken ? "one" : null);

        Assert.All(replies.Append(later), reply => Assert.Equal(HttpStatusCode.OK, reply.Status));
        Assert.Single(replies.Append(later).Select(reply => reply.Body.GetRawText()).Distinct());
        Assert.Equal(["success", "phone_number", "sid", "friendly_name"], later.Body.EnumerateObject().Select(property => property.Name));
        Assert.Equal(line.Number, later.Body.GetProperty("phone_number").GetString());
        Assert.Equal(1, Bought(line));
        await line.AssertWorksAsync(sends: true);
    }

    [Fact]
    public async Task Two_tenants_that_want_one_number_at_once_are_not_both_served()
    {
        using var one = await TestTenant.OpenAsync(telephony.System);
        using var two = await TestTenant.OpenAsync(telephony.System);

        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => (n % 2 == 0 ? one : two).BuyAsync(number: one.Number)));

        var (first, second) = (replies.Where((_, n) => n % 2 == 0).ToList(), replies.Where((_, n) => n % 2 == 1).ToList());
        var (winner, loser) = first[0].Status == HttpStatusCode.OK ? (first, second) : (second, first);
        Assert.All(winner, reply => Assert.Equal(HttpStatusCode.OK, reply.Status));
        Assert.All(loser, reply => Assert.Equal("number_not_available", reply.Code));
        Assert.Equal(1, Bought(one));
        Assert.Single(telephony.System.Simulator.Numbers(), number => number.PhoneNumber == one.Number);
        Assert.Equal(1, await telephony.System.Database.OneAsync<int>("select count(*)::int from phone_numbers where number = @Number and state = 'active'", new { one.Number }));
    }

    [Fact]
    public async Task A_purchase_with_credentials_needs_no_step_before_it()
    {
        using var line = await TestTenant.OpenAsync(telephony.System, connected: false);

        var none = await line.BuyAsync();
        var wrong = await line.SendAsync("POST", "/api/purchase-twilio-number", new { account_sid = line.AccountSid, auth_token = new string('x', 32), phone_number = line.Number });
        var bought = await line.SendAsync("POST", "/api/purchase-twilio-number", new { account_sid = line.AccountSid, auth_token = line.Token, phone_number = line.Number });
        var other = await line.SendAsync("POST", "/api/purchase-twilio-number", new { account_sid = $"AC{new string('9', 32)}", auth_token = line.Token, phone_number = line.Number });

        Assert.Equal(("no_account", "credentials_rejected", HttpStatusCode.OK, "account_mismatch"), (none.Code, wrong.Code, bought.Status, other.Code));
        await line.AssertWorksAsync();
    }

    [Fact]
    public async Task A_new_token_signs_the_webhooks_within_seconds()
    {
        using var line = await TestTenant.OpenAsync(telephony.System);
        await line.BuyAsync();
        await line.AssertWorksAsync();
        line.Simulator.Change(line.AccountSid, account => account with { AuthToken = new string('b', 32) });

        var saved = await line.SendAsync("PUT", "/api/v1/telephony/credentials", new { accountSid = line.AccountSid, authToken = new string('b', 32) });

        Assert.Equal(HttpStatusCode.OK, saved.Status);
        await Wait.UntilAsync(
            async () => (await line.Simulator.ReceiveAsync(new InboundMessage("+224621000001", line.Number, "Encore"))).WebhookStatus == 200, TimeSpan.FromSeconds(5));
        Assert.DoesNotContain(new string('b', 32), (await line.SendAsync("GET", "/api/v1/telephony")).Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_received_before_the_number_is_connected_is_stored()
    {
        using var line = await TestTenant.OpenAsync(telephony.System);
        var gate = await telephony.Gates.CloseAsync(line, "stored");
        var asked = line.BuyAsync("t");
        await gate.ReachedAsync();

        Assert.Contains("?o=", Assert.Single(line.Simulator.Numbers(line.AccountSid)).SmsUrl, StringComparison.Ordinal);
        Assert.Equal(200, (await line.Simulator.ReceiveAsync(new InboundMessage("+224621000002", line.Number, "Tôt"))).WebhookStatus);
        await gate.OpenAsync();

        Assert.Equal(HttpStatusCode.OK, (await asked).Status);
        await line.AssertWorksAsync();
    }

    private int Bought(TestTenant line) => telephony.System.Simulator.NumberReport().Numbers.Single(number => number.PhoneNumber == line.Number).Bought;
}
