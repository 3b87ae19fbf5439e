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
        using var tenant = await TestTenant.OpenAsync(telephony.System);

        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => tenant.BuyAsync(withToken ? "one" : null)));
        var later = await tenant.BuyAsync(withToken ? "one" : null);

        Assert.All(replies.Append(later), reply => Assert.Equal(HttpStatusCode.OK, reply.Status));
        Assert.Single(replies.Append(later).Select(reply => reply.Body.GetRawText()).Distinct());
        Assert.Equal(["success", "phone_number", "sid", "friendly_name"], later.Body.EnumerateObject().Select(property => property.Name));
        Assert.Equal(tenant.Number, later.Body.GetProperty("phone_number").GetString());
        Assert.Equal(1, Bought(tenant));
        await tenant.AssertWorksAsync(sends: true);
    }

    [Fact]
    public async Task Only_one_of_two_concurrent_tenants_gets_a_number()
    {
        using var tenantA = await TestTenant.OpenAsync(telephony.System);
        using var tenantB = await TestTenant.OpenAsync(telephony.System);

        var replies = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(n => (n % 2 == 0 ? tenantA : tenantB).BuyAsync(number: tenantA.Number)));

        var (first, second) = (replies.Where((_, n) => n % 2 == 0).ToList(), replies.Where((_, n) => n % 2 == 1).ToList());
        var (winner, loser) = first[0].Status == HttpStatusCode.OK ? (first, second) : (second, first);
        Assert.All(winner, reply => Assert.Equal(HttpStatusCode.OK, reply.Status));
        Assert.All(loser, reply => Assert.Equal("number_not_available", reply.Code));
        Assert.Equal(1, Bought(tenantA));
        Assert.Single(telephony.System.Simulator.Numbers(), number => number.PhoneNumber == tenantA.Number);
        Assert.Equal(
            1,
            await telephony.System.Database.OneAsync<int>(
                "select count(*)::int from phone_numbers where number = @Number and state = 'active'", new { tenantA.Number }));
    }

    [Fact]
    public async Task A_purchase_with_credentials_connects_the_account()
    {
        using var tenant = await TestTenant.OpenAsync(telephony.System, connected: false);

        var none = await tenant.BuyAsync();
        var wrong = await tenant.SendAsync(
            "POST", "/api/purchase-twilio-number",
            new { account_sid = tenant.AccountSid, auth_token = new string('x', 32), phone_number = tenant.Number });
        var bought = await tenant.SendAsync(
            "POST", "/api/purchase-twilio-number",
            new { account_sid = tenant.AccountSid, auth_token = tenant.Token, phone_number = tenant.Number });
        var other = await tenant.SendAsync(
            "POST", "/api/purchase-twilio-number",
            new { account_sid = $"AC{new string('9', 32)}", auth_token = tenant.Token, phone_number = tenant.Number });

        Assert.Equal(
            ("no_account", "credentials_rejected", HttpStatusCode.OK, "account_mismatch"),
            (none.Code, wrong.Code, bought.Status, other.Code));
        await tenant.AssertWorksAsync();
    }

    [Fact]
    public async Task A_new_auth_token_is_accepted_within_seconds()
    {
        using var tenant = await TestTenant.OpenAsync(telephony.System);
        await tenant.BuyAsync();
        await tenant.AssertWorksAsync();
        tenant.Simulator.Change(tenant.AccountSid, account => account with { AuthToken = new string('b', 32) });

        var saved = await tenant.SendAsync(
            "PUT", "/api/v1/telephony/credentials", new { accountSid = tenant.AccountSid, authToken = new string('b', 32) });

        Assert.Equal(HttpStatusCode.OK, saved.Status);
        await Wait.UntilAsync(
            async () =>
                (await tenant.Simulator.ReceiveAsync(new InboundMessage("+224621000001", tenant.Number, "Encore"))).WebhookStatus == 200,
            TimeSpan.FromSeconds(5));
        Assert.DoesNotContain(
            new string('b', 32), (await tenant.SendAsync("GET", "/api/v1/telephony")).Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_received_before_the_number_is_connected_is_stored()
    {
        using var tenant = await TestTenant.OpenAsync(telephony.System);
        var barrier = await telephony.Gates.CloseAsync(tenant, "stored");
        var purchase = tenant.BuyAsync("t");
        await barrier.ReachedAsync();

        Assert.Contains("?o=", Assert.Single(tenant.Simulator.Numbers(tenant.AccountSid)).SmsUrl, StringComparison.Ordinal);
        Assert.Equal(200, (await tenant.Simulator.ReceiveAsync(new InboundMessage("+224621000002", tenant.Number, "Tôt"))).WebhookStatus);
        await barrier.OpenAsync();

        Assert.Equal(HttpStatusCode.OK, (await purchase).Status);
        await tenant.AssertWorksAsync();
    }

    private int Bought(TestTenant tenant) =>
        telephony.System.Simulator.NumberReport().Numbers.Single(number => number.PhoneNumber == tenant.Number).Bought;
}
