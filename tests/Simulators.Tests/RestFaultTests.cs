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
    private static readonly string s_account = SimulatedAccount.Demo.Sid;

    [Fact]
    public async Task A_cut_before_has_bought_nothing_and_a_cut_after_has()
    {
        await using var world = await SimulatorFixture.StartAsync();
        var number = await FindAsync(world);
        world.Simulator.FailNext("numbers.create", RestFault.CutBefore);
        await Assert.ThrowsAsync<ApiConnectionException>(() => BuyAsync(world.Client, number));
        Assert.Equal(0, world.Simulator.NumberReport().Bought);
        world.Simulator.FailNext("numbers.create", RestFault.CutAfter);
        await Assert.ThrowsAsync<ApiConnectionException>(() => BuyAsync(world.Client, number));
        Assert.Equal(1, world.Simulator.NumberReport().Bought);
        Assert.Contains(number, world.Simulator.NumberReport().OwnedBy(s_account));
        Assert.Equal((21422, 400), await RefusedAsync(() => BuyAsync(world.Client, number)));
        Assert.Equal(3, world.Simulator.Calls["numbers.create"]);
    }

    [Fact]
    public async Task A_release_is_cut_after_and_a_hanging_request_waits_until_the_caller_gives_up()
    {
        await using var world = await SimulatorFixture.StartAsync();
        var number = await BuyAsync(world);
        world.Simulator.FailNext("numbers.fetch", RestFault.HangBefore);
        await Assert.ThrowsAsync<ApiConnectionException>(() => IncomingPhoneNumberResource.FetchAsync(new FetchIncomingPhoneNumberOptions(number.Sid), world.Impatient));
        world.Simulator.FailNext("numbers.delete", RestFault.HangAfter);
        await Assert.ThrowsAsync<ApiConnectionException>(() => IncomingPhoneNumberResource.DeleteAsync(new DeleteIncomingPhoneNumberOptions(number.Sid), world.Impatient));
        Assert.Equal(1, world.Simulator.NumberReport().Released);
        Assert.True(world.Simulator.IsIdle);
    }

    [Fact]
    public async Task Faults_are_met_in_order_as_often_as_asked_and_by_the_account_meant()
    {
        await using var world = await SimulatorFixture.StartAsync();
        world.Simulator.Add(new SimulatedAccount("AC00000000000000000000000000000002", "t"));
        var other = world.ClientOf("AC00000000000000000000000000000002", "t");
        world.Simulator.FailNext("account.fetch", RestFault.TooManyRequests, times: 2, accountSid: s_account);
        world.Simulator.FailNext("account.fetch", RestFault.ServerError);
        world.Simulator.FailNext("account.fetch", RestFault.Unavailable);
        world.Simulator.FailNext("account.fetch", RestFault.Error(20008, 403, "Test credentials"));
        Assert.Equal((20500, 500), await RefusedAsync(() => FetchAsync(other)));
        Assert.Equal((20429, 429), await RefusedAsync(() => FetchAsync(world.Client)));
        Assert.Equal((20429, 429), await RefusedAsync(() => FetchAsync(world.Client)));
        Assert.Equal(0, (await Assert.ThrowsAsync<ApiException>(() => FetchAsync(world.Client))).Code);
        Assert.Equal((20008, 403), await RefusedAsync(() => FetchAsync(world.Client)));
        await FetchAsync(world.Client);

        world.Simulator.FailNext("numbers.*", RestFault.ServerError, times: 3);
        world.Simulator.FailNext("numbers.*", RestFault.ServerError, times: 0);
        await IncomingPhoneNumberResource.ReadAsync(new ReadIncomingPhoneNumberOptions(), world.Client);
        Assert.Throws<ArgumentException>(() => world.Simulator.FailNext("numbers.steal", RestFault.ServerError));
    }

    [Fact]
    public async Task Numbers_accounts_and_faults_are_controlled_over_http()
    {
        await using var world = await SimulatorFixture.StartAsync();
        using var http = new HttpClient { BaseAddress = world.Simulator.BaseUrl };
        async Task<JsonElement> PostAsync(string path, object body)
        {
            using var answer = await http.PostAsJsonAsync(path, body);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        }

        await PostAsync("/_sim/faults/next", new { operation = "numbers.create", fault = new { kind = "error", code = 21422 }, times = 1 });
        await PostAsync("/_sim/faults/next", new { operation = "numbers.create", fault = new { kind = "cutAfter" } });
        Assert.Equal(2, (await http.GetFromJsonAsync<JsonElement>("/_sim/faults/next")).GetProperty("waiting").GetProperty("numbers.create").GetArrayLength());
        var number = await FindAsync(world);
        Assert.Equal((21422, 400), await RefusedAsync(() => BuyAsync(world.Client, number)));
        await Assert.ThrowsAsync<ApiConnectionException>(() => BuyAsync(world.Client, number));

        await PostAsync("/_sim/accounts", new { sid = s_account, balance = 0.5m, type = "Trial" });
        Assert.Equal((0.5m, "Trial", SimulatedAccount.Demo.AuthToken), (world.Simulator.Account(s_account).Balance, world.Simulator.Account(s_account).Type, world.Simulator.Account(s_account).AuthToken));
        var console = await PostAsync("/_sim/numbers", new { phoneNumber = "+14185550123", accountSid = s_account, smsUrl = "https://example.org/other" });
        Assert.StartsWith("PN", console.GetProperty("sid").GetString(), StringComparison.Ordinal);
        await PostAsync("/_sim/numbers", new { phoneNumber = number, smsUrl = "https://example.org/drift" });
        Assert.Equal("https://example.org/drift", world.Simulator.Numbers(s_account).Single(owned => owned.PhoneNumber == number).SmsUrl);
        await PostAsync("/_sim/numbers/release", new { phoneNumber = "+14185550123" });
        var report = await http.GetFromJsonAsync<JsonElement>("/_sim/numbers/report");
        Assert.Equal(1, report.GetProperty("bought").GetInt32());
        Assert.Equal(2, (await http.GetFromJsonAsync<JsonElement>($"/_sim/numbers?accountSid={s_account}")).GetArrayLength());
        await PostAsync("/_sim/addresses", new { sid = "AD1", accountSid = s_account, isoCountry = "FR" });
        await PostAsync("/_sim/bundles", new { sid = "BU1", accountSid = s_account, numberType = "mobile", status = "in-review" });
        using var prices = await http.PutAsJsonAsync("/_sim/prices", new { localNumber = 3 });
        Assert.Equal(3m, world.Simulator.Prices.LocalNumber);
    }

    private static Task<AccountResource> FetchAsync(global::Twilio.Clients.TwilioRestClient client) => AccountResource.FetchAsync(new FetchAccountOptions(), client);
}
