using System.Net.Http.Json;
using System.Text.Json;
using Relais.Simulators;
using Twilio.Exceptions;
using Twilio.Rest.Api.V2010;
using Twilio.Rest.Api.V2010.Account;
using static Simulators.Tests.NumberPurchaseTests;

namespace Simulators.Tests;

public sealed class RestFaultTests
{
    private static readonly string AccountSid = SimulatedAccount.Demo.Sid;

    [Fact]
    public async Task A_cut_before_has_bought_nothing_and_a_cut_after_has()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var number = await FindAsync(fixture);
        fixture.Simulator.FailNext("numbers.create", RestFault.CutBefore);
        await Assert.ThrowsAsync<ApiConnectionException>(() => BuyAsync(fixture.Client, number));
        Assert.Equal(0, fixture.Simulator.NumberReport().Bought);
        fixture.Simulator.FailNext("numbers.create", RestFault.CutAfter);
        await Assert.ThrowsAsync<ApiConnectionException>(() => BuyAsync(fixture.Client, number));
        Assert.Equal(1, fixture.Simulator.NumberReport().Bought);
        Assert.Contains(number, fixture.Simulator.NumberReport().OwnedBy(AccountSid));
        Assert.Equal((21422, 400), await RefusedAsync(() => BuyAsync(fixture.Client, number)));
        Assert.Equal(3, fixture.Simulator.Calls["numbers.create"]);
    }

    [Fact]
    public async Task A_release_is_cut_after_and_a_hanging_request_waits_until_the_caller_gives_up()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var number = await BuyAsync(fixture);
        fixture.Simulator.FailNext("numbers.fetch", RestFault.HangBefore);
        await Assert.ThrowsAsync<ApiConnectionException>(() =>
            IncomingPhoneNumberResource.FetchAsync(new FetchIncomingPhoneNumberOptions(number.Sid), fixture.Impatient));
        fixture.Simulator.FailNext("numbers.delete", RestFault.HangAfter);
        await Assert.ThrowsAsync<ApiConnectionException>(() =>
            IncomingPhoneNumberResource.DeleteAsync(new DeleteIncomingPhoneNumberOptions(number.Sid), fixture.Impatient));
        Assert.Equal(1, fixture.Simulator.NumberReport().Released);
        Assert.True(fixture.Simulator.IsIdle);
    }

    [Fact]
    public async Task Faults_are_met_in_order_as_often_as_asked_and_by_the_account_meant()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        fixture.Simulator.Add(new SimulatedAccount("AC00000000000000000000000000000002", "t"));
        var other = fixture.ClientOf("AC00000000000000000000000000000002", "t");
        fixture.Simulator.FailNext("account.fetch", RestFault.TooManyRequests, times: 2, accountSid: AccountSid);
        fixture.Simulator.FailNext("account.fetch", RestFault.ServerError);
        fixture.Simulator.FailNext("account.fetch", RestFault.Unavailable);
        fixture.Simulator.FailNext("account.fetch", RestFault.Error(20008, 403, "Test credentials"));
        Assert.Equal((20500, 500), await RefusedAsync(() => FetchAsync(other)));
        Assert.Equal((20429, 429), await RefusedAsync(() => FetchAsync(fixture.Client)));
        Assert.Equal((20429, 429), await RefusedAsync(() => FetchAsync(fixture.Client)));
        Assert.Equal(0, (await Assert.ThrowsAsync<ApiException>(() => FetchAsync(fixture.Client))).Code);
        Assert.Equal((20008, 403), await RefusedAsync(() => FetchAsync(fixture.Client)));
        await FetchAsync(fixture.Client);

        fixture.Simulator.FailNext("numbers.*", RestFault.ServerError, times: 3);
        fixture.Simulator.FailNext("numbers.*", RestFault.ServerError, times: 0);
        await IncomingPhoneNumberResource.ReadAsync(new ReadIncomingPhoneNumberOptions(), fixture.Client);
        Assert.Throws<ArgumentException>(() => fixture.Simulator.FailNext("numbers.steal", RestFault.ServerError));
    }

    [Fact]
    public async Task Numbers_accounts_and_faults_are_controlled_over_http()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        using var http = new HttpClient { BaseAddress = fixture.Simulator.BaseUrl };
        async Task<JsonElement> PostAsync(string path, object body)
        {
            using var answer = await http.PostAsJsonAsync(path, body);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        }

        await PostAsync("/_sim/faults/next", new { operation = "numbers.create", fault = new { kind = "error", code = 21422 }, times = 1 });
        await PostAsync("/_sim/faults/next", new { operation = "numbers.create", fault = new { kind = "cutAfter" } });
        var next = await http.GetFromJsonAsync<JsonElement>("/_sim/faults/next");
        Assert.Equal(2, next.GetProperty("waiting").GetProperty("numbers.create").GetArrayLength());
        var number = await FindAsync(fixture);
        Assert.Equal((21422, 400), await RefusedAsync(() => BuyAsync(fixture.Client, number)));
        await Assert.ThrowsAsync<ApiConnectionException>(() => BuyAsync(fixture.Client, number));

        await PostAsync("/_sim/accounts", new { sid = AccountSid, balance = 0.5m, type = "Trial" });
        var account = fixture.Simulator.Account(AccountSid);
        Assert.Equal((0.5m, "Trial", SimulatedAccount.Demo.AuthToken), (account.Balance, account.Type, account.AuthToken));
        var boughtInConsole = await PostAsync(
            "/_sim/numbers", new { phoneNumber = "+14185550123", accountSid = AccountSid, smsUrl = "https://example.org/other" });
        Assert.StartsWith("PN", boughtInConsole.GetProperty("sid").GetString(), StringComparison.Ordinal);
        await PostAsync("/_sim/numbers", new { phoneNumber = number, smsUrl = "https://example.org/drift" });
        var changed = fixture.Simulator.Numbers(AccountSid).Single(owned => owned.PhoneNumber == number);
        Assert.Equal("https://example.org/drift", changed.SmsUrl);
        await PostAsync("/_sim/numbers/release", new { phoneNumber = "+14185550123" });
        var report = await http.GetFromJsonAsync<JsonElement>("/_sim/numbers/report");
        Assert.Equal(1, report.GetProperty("bought").GetInt32());
        Assert.Equal(2, (await http.GetFromJsonAsync<JsonElement>($"/_sim/numbers?accountSid={AccountSid}")).GetArrayLength());
        await PostAsync("/_sim/addresses", new { sid = "AD1", accountSid = AccountSid, isoCountry = "FR" });
        await PostAsync("/_sim/bundles", new { sid = "BU1", accountSid = AccountSid, numberType = "mobile", status = "in-review" });
        using var prices = await http.PutAsJsonAsync("/_sim/prices", new { localNumber = 3 });
        Assert.Equal(3m, fixture.Simulator.Prices.LocalNumber);
    }

    private static Task<AccountResource> FetchAsync(global::Twilio.Clients.TwilioRestClient client) =>
        AccountResource.FetchAsync(new FetchAccountOptions(), client);
}
