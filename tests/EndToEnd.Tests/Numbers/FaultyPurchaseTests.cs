using System.Net;
using Relais.Simulators;

namespace EndToEnd.Tests.Numbers;

/// <summary>Each call of a purchase meets each fault, for a moment or for good: a number works, or nothing was bought and nothing is stored.</summary>
[Collection(TelephonyCollection.Name)]
public sealed class FaultyPurchaseTests(TelephonySystem telephony)
{
    // most of them wait for an answer that does not come
    private const int AtOnce = 16;

    // more than an order bears in a row, also when one of its steps is carried out twice
    private const int ForGood = 8;

    private static readonly Dictionary<string, RestFault> Passing = new()
    {
        ["429"] = RestFault.TooManyRequests,
        ["500"] = RestFault.ServerError,
        ["503"] = RestFault.Unavailable,
        ["hang before"] = RestFault.HangBefore,
        ["hang after"] = RestFault.HangAfter,
        ["cut before"] = RestFault.CutBefore,
        ["cut after"] = RestFault.CutAfter,
    };

    private static readonly Dictionary<int, (int Status, string Code)> Refusals = new()
    {
        [20003] = (401, "credentials_rejected"),
        // the account is active: it is the money
        [20005] = (403, "balance_too_low"),
        [10001] = (401, "account_suspended"),
        [20404] = (404, "credentials_rejected"),
        [20422] = (400, "number_invalid"),
        [21404] = (400, "trial_limit"),
        [21406] = (400, "webhook_not_accepted"),
        [21421] = (400, "number_invalid"),
        [21422] = (400, "number_not_available"),
        [21451] = (400, "area_code_invalid"),
        [21452] = (400, "area_code_empty"),
        [21615] = (400, "address_required"),
        [21628] = (400, "address_invalid"),
        [21629] = (400, "address_invalid"),
        [21631] = (400, "address_required"),
        [21649] = (400, "bundle_required"),
        [21650] = (400, "identity_required"),
        [21651] = (400, "address_not_accepted"),
        [29999] = (400, "provider_refused"),
    };

    private static readonly string[] CallsOfAPurchase = ["numbers.create", "numbers.fetch", "numbers.update"];
    private static readonly string[] CallsBefore = ["account.fetch", "numbers.list", "numbers.search", "regulations.list", "balance"];

    [Fact]
    public Task A_passing_fault_is_overcome() => EachAsync(Both(CallsOfAPurchase), async (line, one) =>
    {
        await BeginAsync(line, one.Call, () => line.Simulator.FailNext(one.Call, Passing[one.Fault], accountSid: line.AccountSid));

        Assert.Equal((one, HttpStatusCode.OK), (one, (await line.BuyToTheEndAsync("t")).Status));
        await line.AssertWorksAsync(sends: one.Fault == "cut after");
    });

    [Fact]
    public Task A_lasting_fault_leaves_nothing_behind() => EachAsync(Both(CallsOfAPurchase), async (line, one) =>
    {
        await BeginAsync(line, one.Call, () => line.Simulator.FailNext(one.Call, Passing[one.Fault], ForGood, line.AccountSid));

        var reply = await line.BuyToTheEndAsync("t");
        // what was done all the same is seen by the next look
        if (one.Call != "numbers.fetch" && one.Fault.EndsWith("after", StringComparison.Ordinal))
        {
            Assert.Equal((one, HttpStatusCode.OK), (one, reply.Status));
            await line.AssertWorksAsync();
            return;
        }

        Assert.Equal((one, one.Fault == "429" ? "provider_busy" : "provider_unavailable"), (one, reply.Code));
        await line.AssertNothingAsync();
    });

    [Fact]
    public Task A_look_that_fails_is_repeated() => EachAsync(Passing, async (line, fault) =>
    {
        await BeginAsync(line, "numbers.list", () =>
        {
            line.Simulator.FailNext("numbers.create", RestFault.CutAfter, accountSid: line.AccountSid);
            line.Simulator.FailNext("numbers.list", fault.Value, times: 2, accountSid: line.AccountSid);
        });

        Assert.Equal((fault.Key, HttpStatusCode.OK), (fault.Key, (await line.BuyToTheEndAsync("t")).Status));
        await line.AssertWorksAsync();
    });

    [Fact]
    public Task An_unusable_number_is_released_with_retries() => EachAsync(Passing, async (line, fault) =>
    {
        await BeginAsync(line, "numbers.delete", () =>
        {
            line.Simulator.FailNext("numbers.fetch", RestFault.Error(21502), accountSid: line.AccountSid);
            line.Simulator.FailNext("numbers.delete", fault.Value, times: fault.Key.StartsWith("hang", StringComparison.Ordinal) ? 2 : 7, accountSid: line.AccountSid);
        });

        Assert.Equal((fault.Key, "provider_refused"), (fault.Key, (await line.BuyToTheEndAsync("t")).Code));
        await line.AssertNothingAsync();
        Assert.Equal(1, line.Simulator.NumberReport().Numbers.Single(number => number.PhoneNumber == line.Number).Released);
    });

    [Fact]
    public Task A_refusal_has_its_name_and_leaves_nothing_behind() => EachAsync(Refusals, async (line, refusal) =>
    {
        line.Simulator.FailNext("numbers.create", RestFault.Error(refusal.Key, refusal.Value.Status, $"No to {line.Number}"), accountSid: line.AccountSid);

        var reply = await line.BuyToTheEndAsync("t");

        Assert.Equal((refusal.Key, refusal.Value.Code), (refusal.Key, reply.Code));
        Assert.DoesNotContain(line.Number, reply.Body.GetRawText(), StringComparison.Ordinal);
        await line.AssertNothingAsync();
        // another token, and all is well
        Assert.Equal(HttpStatusCode.OK, (await line.BuyAsync("t-2")).Status);
        await line.AssertWorksAsync();
    });

    [Fact]
    public Task Unanswered_checks_before_a_purchase_buy_nothing() => EachAsync(Both(CallsBefore), async (line, one) =>
    {
        line.Simulator.FailNext(one.Call, Passing[one.Fault], accountSid: line.AccountSid);

        var refused = await line.BuyAsync("t");

        Assert.Equal((one, one.Fault == "429" ? "provider_busy" : "provider_unavailable"), (one, refused.Code));
        Assert.Null(await line.StatusAsync());
        await line.AssertNothingAsync();
        Assert.Equal(HttpStatusCode.OK, (await line.BuyToTheEndAsync("t")).Status);
    });

    [Fact]
    public async Task Purchase_obstacles_are_reported_before_buying()
    {
        using var line = await TestTenant.OpenAsync(telephony.System);
        line.Simulator.Change(line.AccountSid, account => account with { Balance = 0.5m });
        var paris = (await line.SendAsync("POST", "/api/search-twilio-numbers", new { country = "FR" })).Body.GetProperty("numbers")[0].GetProperty("phoneNumber").GetString();
        await telephony.System.Database.ExecuteAsync("insert into prices (item, country, valid_from, amount) values ('number-local', 'CA', '2025-01-01', 1.15) on conflict do nothing");

        var poor = await line.BuyAsync();
        line.Simulator.Change(line.AccountSid, account => account with { Balance = 50 });
        var needs = (await line.SendAsync("POST", "/api/v1/telephony/requirements", new { phone_number = paris })).Body;
        var address = await line.BuyAsync(number: paris);
        line.Simulator.Add(new SimulatedAddress($"AD{line.Index:d32}", line.AccountSid) { FriendlyName = "Paris", IsoCountry = "FR" });
        var bundle = await line.SendAsync("POST", "/api/purchase-twilio-number", new { phone_number = paris, address_sid = $"AD{line.Index:d32}" });
        line.Simulator.Add(new SimulatedBundle($"BU{line.Index:d32}", line.AccountSid) { FriendlyName = "Dossier" });
        var listed = await line.SendAsync("POST", "/api/purchase-twilio-number", new { phone_number = paris });
        var bought = await line.SendAsync("POST", "/api/purchase-twilio-number", new { phone_number = paris, address_sid = $"AD{line.Index:d32}", bundle_sid = $"BU{line.Index:d32}" });
        line.Simulator.Change(line.AccountSid, account => account with { Status = "suspended" });
        var suspended = await line.BuyAsync();

        Assert.Equal(("balance_too_low", "address_required", "bundle_required", HttpStatusCode.OK, "account_suspended"), (poor.Code, address.Code, bundle.Code, bought.Status, suspended.Code));
        Assert.Equal(("local", true), (needs.GetProperty("addressRequirement").GetString(), needs.GetProperty("bundleRequired").GetBoolean()));
        Assert.Equal($"AD{line.Index:d32} Paris", listed.Body.GetProperty("faults").GetProperty("addresses")[0].GetString());
        Assert.Single((await line.SendAsync("GET", "/api/v1/telephony/orders")).Body.GetProperty("orders").EnumerateArray());
        Assert.Single(line.Simulator.Numbers(line.AccountSid));
    }

    /// <summary>The order comes into being first: what is asked before it asks the same.</summary>
    private async Task BeginAsync(TestTenant line, string call, Action fail)
    {
        var drifts = call == "numbers.update";
        var gate = await telephony.Gates.CloseAsync(line, drifts ? "stored" : "buying");
        var asked = TestTenant.TryAsync(() => line.BuyAsync("t"));
        await gate.ReachedAsync();
        if (drifts)
        {
            line.Simulator.ChangeInConsole(line.Number, number => number with { SmsUrl = "https://elsewhere.example/sms" });
        }

        fail();
        await gate.OpenAsync();
        await asked;
    }

    private static IEnumerable<(string Call, string Fault)> Both(string[] calls) =>
        from fault in Passing.Keys.OrderByDescending(fault => fault.StartsWith("hang", StringComparison.Ordinal))
        from call in calls
        select (call, fault);

    private Task EachAsync<T>(IEnumerable<T> cases, Func<TestTenant, T, Task> run) =>
        Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (one, _) =>
        {
            using var line = await TestTenant.OpenAsync(telephony.System);
            await run(line, one);
        });
}
