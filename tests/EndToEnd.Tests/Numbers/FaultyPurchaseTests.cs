using System.Net;
using Relais.Simulators;

namespace EndToEnd.Tests.Numbers;

/// <summary>
/// Applies each fault to each call of a purchase, once or repeatedly. Either the number works, or nothing was bought and stored.
/// </summary>
[Collection(TelephonyCollection.Name)]
public sealed class FaultyPurchaseTests(TelephonySystem telephony)
{
    // Most cases wait for an answer that does not arrive.
    private const int ParallelCases = 16;

    // More faults than an order survives in a row, even if one of its steps runs twice.
    private const int MoreThanRetries = 8;

    private static readonly Dictionary<string, RestFault> TransientFaults = new()
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
        // The account is active, so the refusal means that the balance is too low.
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
    public Task A_transient_fault_is_retried() => EachAsync(Combine(CallsOfAPurchase), async (tenant, testCase) =>
    {
        await BeginAsync(
            tenant, testCase.Call,
            () => tenant.Simulator.FailNext(testCase.Call, TransientFaults[testCase.Fault], accountSid: tenant.AccountSid));

        Assert.Equal((testCase, HttpStatusCode.OK), (testCase, (await tenant.BuyToTheEndAsync("t")).Status));
        await tenant.AssertWorksAsync(sends: testCase.Fault == "cut after");
    });

    [Fact]
    public Task A_permanent_fault_leaves_no_number_and_no_rows() => EachAsync(Combine(CallsOfAPurchase), async (tenant, testCase) =>
    {
        await BeginAsync(
            tenant, testCase.Call,
            () => tenant.Simulator.FailNext(testCase.Call, TransientFaults[testCase.Fault], MoreThanRetries, tenant.AccountSid));

        var reply = await tenant.BuyToTheEndAsync("t");
        // The provider carried out the call although the answer was lost: the next check finds the result.
        if (testCase.Call != "numbers.fetch" && testCase.Fault.EndsWith("after", StringComparison.Ordinal))
        {
            Assert.Equal((testCase, HttpStatusCode.OK), (testCase, reply.Status));
            await tenant.AssertWorksAsync();
            return;
        }

        Assert.Equal((testCase, testCase.Fault == "429" ? "provider_busy" : "provider_unavailable"), (testCase, reply.Code));
        await tenant.AssertNothingAsync();
    });

    [Fact]
    public Task A_failed_check_for_the_number_is_retried() => EachAsync(TransientFaults, async (tenant, fault) =>
    {
        await BeginAsync(tenant, "numbers.list", () =>
        {
            tenant.Simulator.FailNext("numbers.create", RestFault.CutAfter, accountSid: tenant.AccountSid);
            tenant.Simulator.FailNext("numbers.list", fault.Value, times: 2, accountSid: tenant.AccountSid);
        });

        Assert.Equal((fault.Key, HttpStatusCode.OK), (fault.Key, (await tenant.BuyToTheEndAsync("t")).Status));
        await tenant.AssertWorksAsync();
    });

    [Fact]
    public Task An_unusable_number_is_released_with_retries() => EachAsync(TransientFaults, async (tenant, fault) =>
    {
        await BeginAsync(tenant, "numbers.delete", () =>
        {
            tenant.Simulator.FailNext("numbers.fetch", RestFault.Error(21502), accountSid: tenant.AccountSid);
            tenant.Simulator.FailNext(
                "numbers.delete", fault.Value, times: fault.Key.StartsWith("hang", StringComparison.Ordinal) ? 2 : 7,
                accountSid: tenant.AccountSid);
        });

        Assert.Equal((fault.Key, "provider_refused"), (fault.Key, (await tenant.BuyToTheEndAsync("t")).Code));
        await tenant.AssertNothingAsync();
        Assert.Equal(1, tenant.Simulator.NumberReport().Numbers.Single(number => number.PhoneNumber == tenant.Number).Released);
    });

    [Fact]
    public Task Each_refusal_has_its_code_and_leaves_no_number_and_no_rows() => EachAsync(Refusals, async (tenant, refusal) =>
    {
        tenant.Simulator.FailNext(
            "numbers.create", RestFault.Error(refusal.Key, refusal.Value.Status, $"No to {tenant.Number}"), accountSid: tenant.AccountSid);

        var reply = await tenant.BuyToTheEndAsync("t");

        Assert.Equal((refusal.Key, refusal.Value.Code), (refusal.Key, reply.Code));
        Assert.DoesNotContain(tenant.Number, reply.Body.GetRawText(), StringComparison.Ordinal);
        await tenant.AssertNothingAsync();
        // A new attempt with another idempotency key succeeds.
        Assert.Equal(HttpStatusCode.OK, (await tenant.BuyAsync("t-2")).Status);
        await tenant.AssertWorksAsync();
    });

    [Fact]
    public Task Unanswered_checks_before_a_purchase_buy_nothing() => EachAsync(Combine(CallsBefore), async (tenant, testCase) =>
    {
        tenant.Simulator.FailNext(testCase.Call, TransientFaults[testCase.Fault], accountSid: tenant.AccountSid);

        var refused = await tenant.BuyAsync("t");

        Assert.Equal((testCase, testCase.Fault == "429" ? "provider_busy" : "provider_unavailable"), (testCase, refused.Code));
        Assert.Null(await tenant.StatusAsync());
        await tenant.AssertNothingAsync();
        Assert.Equal(HttpStatusCode.OK, (await tenant.BuyToTheEndAsync("t")).Status);
    });

    [Fact]
    public async Task Purchase_obstacles_are_reported_before_buying()
    {
        using var tenant = await TestTenant.OpenAsync(telephony.System);
        tenant.Simulator.Change(tenant.AccountSid, account => account with { Balance = 0.5m });
        var paris = (await tenant.SendAsync("POST", "/api/search-twilio-numbers", new { country = "FR" })).Body.GetProperty("numbers")[0]
            .GetProperty("phoneNumber").GetString();
        await telephony.System.Database.ExecuteAsync(
            "insert into prices (item, country, valid_from, amount) values ('number-local', 'CA', '2025-01-01', 1.15) " +
            "on conflict do nothing");

        var lowBalance = await tenant.BuyAsync();
        tenant.Simulator.Change(tenant.AccountSid, account => account with { Balance = 50 });
        var requirements = (await tenant.SendAsync("POST", "/api/v1/telephony/requirements", new { phone_number = paris })).Body;
        var address = await tenant.BuyAsync(number: paris);
        tenant.Simulator.Add(
            new SimulatedAddress($"AD{tenant.Index:d32}", tenant.AccountSid) { FriendlyName = "Paris", IsoCountry = "FR" });
        var bundle = await tenant.SendAsync(
            "POST", "/api/purchase-twilio-number", new { phone_number = paris, address_sid = $"AD{tenant.Index:d32}" });
        tenant.Simulator.Add(new SimulatedBundle($"BU{tenant.Index:d32}", tenant.AccountSid) { FriendlyName = "Dossier" });
        var listed = await tenant.SendAsync("POST", "/api/purchase-twilio-number", new { phone_number = paris });
        var bought = await tenant.SendAsync(
            "POST", "/api/purchase-twilio-number",
            new { phone_number = paris, address_sid = $"AD{tenant.Index:d32}", bundle_sid = $"BU{tenant.Index:d32}" });
        tenant.Simulator.Change(tenant.AccountSid, account => account with { Status = "suspended" });
        var suspended = await tenant.BuyAsync();

        Assert.Equal(
            ("balance_too_low", "address_required", "bundle_required", HttpStatusCode.OK, "account_suspended"),
            (lowBalance.Code, address.Code, bundle.Code, bought.Status, suspended.Code));
        Assert.Equal(
            ("local", true),
            (requirements.GetProperty("addressRequirement").GetString(), requirements.GetProperty("bundleRequired").GetBoolean()));
        Assert.Equal($"AD{tenant.Index:d32} Paris", listed.Body.GetProperty("faults").GetProperty("addresses")[0].GetString());
        Assert.Single((await tenant.SendAsync("GET", "/api/v1/telephony/orders")).Body.GetProperty("orders").EnumerateArray());
        Assert.Single(tenant.Simulator.Numbers(tenant.AccountSid));
    }

    /// <summary>Begins a purchase and injects the fault after the order is stored. Earlier checks use the same provider calls.</summary>
    private async Task BeginAsync(TestTenant tenant, string call, Action fail)
    {
        var drifts = call == "numbers.update";
        var barrier = await telephony.Gates.CloseAsync(tenant, drifts ? "stored" : "buying");
        var purchase = TestTenant.TryAsync(() => tenant.BuyAsync("t"));
        await barrier.ReachedAsync();
        if (drifts)
        {
            tenant.Simulator.ChangeInConsole(tenant.Number, number => number with { SmsUrl = "https://elsewhere.example/sms" });
        }

        fail();
        await barrier.OpenAsync();
        await purchase;
    }

    private static IEnumerable<(string Call, string Fault)> Combine(string[] calls) =>
        from fault in TransientFaults.Keys.OrderByDescending(fault => fault.StartsWith("hang", StringComparison.Ordinal))
        from call in calls
        select (call, fault);

    private Task EachAsync<T>(IEnumerable<T> cases, Func<TestTenant, T, Task> run) =>
        Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = ParallelCases }, async (testCase, _) =>
        {
            using var tenant = await TestTenant.OpenAsync(telephony.System);
            await run(tenant, testCase);
        });
}
