using Relais.Channels;
using Relais.Kit;
using Relais.Numbers.Orders.Run;

namespace Functions.Tests.Numbers;

public sealed class PurchaseTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_number_is_bought_stored_connected_and_sends()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);

        var (order, run) = await world.BuyAndRunAsync(number);

        Assert.Equal(["ReadOrder", "BuyNumber", "ConnectNumber", "RegisterSender"], run.Steps);
        Assert.Equal(("done", (string?)null, (string?)null, 1), (order.Status, order.FailureCode, order.FailureDetail, order.Attempts));
        await world.AssertWorksAsync(number);
        Assert.Equal(
            ("CA", "local", "purchase"),
            (
                (await world.NumberAsync(number)).Country,
                (await world.NumberAsync(number)).NumberType,
                (await world.NumberAsync(number)).Source));
        Assert.Equal(["account.connect", "number.purchase", "order.create"], await world.AuditAsync());
        Assert.Equal(
            "awa",
            await world.OneAsync<string>(
                "select after ->> 'orderedBy' from audit where tenant_id = @TenantId and action = 'number.purchase'",
                new { world.TenantId }));
        Assert.Equal(
            "awa",
            await world.OneAsync<string>(
                "select actor_id from audit where tenant_id = @TenantId and action = 'order.create'", new { world.TenantId }));
        Assert.Equal(
            0,
            await world.OneAsync<int>(
                "select count(*) from audit where tenant_id = @TenantId and (before::text || after::text) like '%' || @Number || '%'",
                new { world.TenantId, Number = number }));
        Assert.Equal(1, world.Provider.Bought);
    }

    [Fact]
    public async Task Activities_that_run_twice_give_the_same_result()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id, twice: true);

        await world.AssertWorksAsync(number);
        Assert.Equal((1, 0), (world.Provider.Bought, world.Provider.Released));
        Assert.Equal("done", (await world.OrderAsync(ordered.Value.Id)).Status);
    }

    public static TheoryData<string, string, bool> Setbacks
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var call in new[] { "buy", "fetch" })
            {
                foreach (var kind in new[] { "busy", "broken", "silent", "unreachable" })
                {
                    data.Add(call, kind, false);
                    if (kind is "broken" or "silent")
                    {
                        data.Add(call, kind, true);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Setbacks))]
    public async Task A_temporary_fault_only_delays_the_order(string call, string kind, bool after)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.FailNext(call, Kind(kind), times: 2, after);

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        Assert.Equal("done", (await world.OrderAsync(ordered.Value.Id)).Status);
        await world.AssertWorksAsync(number);
        Assert.Equal((1, 0), (world.Provider.Bought, world.Provider.Released));
    }

    [Theory]
    [MemberData(nameof(Setbacks))]
    public async Task A_permanent_fault_leaves_no_number(string call, string kind, bool after)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.FailNext(call, Kind(kind), times: 1000, after);
        if (call == "buy" && after)
        {
            // The bought number does not appear in the list.
            world.Provider.FailNext("list", FakeNumberProvider.Silent, times: 7);
        }

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        var order = await world.OrderAsync(ordered.Value.Id);
        Assert.Equal(("failed", kind == "busy" ? "provider_busy" : "provider_unavailable"), (order.Status, order.FailureCode));
        Assert.NotNull(order.EndedAt);
        await world.AssertNothingAsync(number);
        Assert.Equal(world.Provider.Bought, world.Provider.Released);
    }

    [Fact]
    public async Task A_retry_lists_the_numbers_before_buying_again()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.FailNext("buy", FakeNumberProvider.Silent, after: true);
        world.Provider.Calls.Clear();

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        Assert.Equal(["bought", "connect", "fetch", "list"], world.Provider.Calls.Except(["buy"]).Order(StringComparer.Ordinal));
        Assert.Single(world.Provider.Calls, call => call == "buy");
        await world.AssertWorksAsync(number);
    }

    [Fact]
    public async Task A_late_purchase_is_found_after_the_next_one_is_refused()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        // The first purchase takes effect while the second one is in transit.
        world.Provider.FailNext("buy", FakeNumberProvider.Silent);
        world.Provider.FailNext("buy", FakeNumberProvider.Refusal("21422"), after: true);

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        Assert.Equal("done", (await world.OrderAsync(ordered.Value.Id)).Status);
        Assert.Equal((1, 0), (world.Provider.Bought, world.Provider.Released));
    }

    [Theory]
    [InlineData("21422", "number_not_available")]
    [InlineData("21404", "trial_limit")]
    [InlineData("21649", "bundle_required")]
    [InlineData("21651", "address_not_accepted")]
    [InlineData("21406", "webhook_not_accepted")]
    [InlineData("20422", "number_invalid")]
    [InlineData("20404", "credentials_rejected")]
    [InlineData("29999", "provider_refused")]
    public async Task A_refused_purchase_fails_without_delay_and_with_its_code(string providerCode, string code)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number, token: "once");
        world.Provider.FailNext("buy", FakeNumberProvider.Refusal(providerCode));

        var run = await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);
        var repeated = await world.BuyAsync(number, token: "once");

        Assert.Equal(["ReadOrder", "BuyNumber"], run.Steps);
        Assert.Equal(("failed", code, providerCode), (repeated.Value.Status, repeated.Value.FailureCode, repeated.Value.FailureDetail));
        Assert.Equal(code, repeated.Value.Failure!.Code);
        await world.AssertNothingAsync(number);
    }

    [Theory]
    [InlineData("active", "balance_too_low")]
    [InlineData("suspended", "account_suspended")]
    public async Task Code_20005_triggers_an_account_check(string status, string code)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.FailNext("buy", FakeNumberProvider.Refusal("20005", 403));
        world.Provider.Accounts[world.AccountSid] = (NumbersFixture.Token, new AccountInfo("", status, false, false));

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        Assert.Equal(
            ("failed", code),
            ((await world.OrderAsync(ordered.Value.Id)).Status, (await world.OrderAsync(ordered.Value.Id)).FailureCode));
    }

    [Fact]
    public async Task Ownership_of_a_purchase_ignores_the_provider_clock()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.FailNext("buy", FakeNumberProvider.Silent, after: true);
        world.Provider.Distort = owned => owned with { CreatedAt = world.Clock.Now.AddMinutes(-2) };

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        Assert.Equal("done", (await world.OrderAsync(ordered.Value.Id)).Status);
        await world.AssertWorksAsync(number);
        Assert.Equal((1, 0), (world.Provider.Bought, world.Provider.Released));
    }

    [Fact]
    public async Task A_number_bought_in_the_console_at_the_same_time_does_not_fulfil_the_order()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.FailNext("buy", FakeNumberProvider.Silent);
        await OrderOrchestrationUntilAsync(world, ordered.Value.Id);
        world.Provider.BuyInConsole(world.AccountSid, number, world.RouterUrls.Expected.SmsUrl.ToString());

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        Assert.Equal("number_already_owned", (await world.OrderAsync(ordered.Value.Id)).FailureCode);
        Assert.Single(world.Provider.Of(world.AccountSid));
    }

    [Fact]
    public async Task A_number_with_foreign_webhooks_is_not_used_and_not_released()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.FailNext("buy", FakeNumberProvider.Silent, times: 1);
        var first = await OrderOrchestrationUntilAsync(world, ordered.Value.Id);
        world.Provider.BuyInConsole(world.AccountSid, number, "https://elsewhere.example/sms");

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        Assert.Equal("buying", first);
        var order = await world.OrderAsync(ordered.Value.Id);
        Assert.Equal(("failed", "number_already_owned"), (order.Status, order.FailureCode));
        Assert.Single(world.Provider.Of(world.AccountSid));
        Assert.Equal(0, world.Provider.Released);
        Assert.Equal(0, await world.OneAsync<int>("select count(*) from phone_numbers where number = @Number", new { Number = number }));
    }

    [Fact]
    public async Task A_number_older_than_the_order_is_not_released()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.FailNext("buy", FakeNumberProvider.Silent, times: 100);
        world.Provider.FailNext("list", FakeNumberProvider.Silent, times: 100);
        world.Provider.BuyInConsole(world.AccountSid, number, world.RouterUrls.Expected.SmsUrl.ToString());
        world.Provider.Change(number, owned => owned with { CreatedAt = FixedClock.Start.AddDays(-1) });

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        Assert.Equal("failed", (await world.OrderAsync(ordered.Value.Id)).Status);
        Assert.Single(world.Provider.Of(world.AccountSid));
    }

    [Fact]
    public async Task Webhooks_that_were_not_stored_are_set_again()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        var distortions = 2;
        world.Provider.Distort = owned => distortions-- > 0 ? owned with { SmsFallbackUrl = null, SmsApplicationSid = "AP1" } : owned;

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        await world.AssertWorksAsync(number);
        Assert.Equal(2, world.Provider.Calls.Count(call => call == "connect"));
    }

    [Fact]
    public async Task A_number_whose_webhooks_are_never_applied_is_released()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.Distort = owned => owned with { SmsApplicationSid = "AP1" };

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        Assert.Equal("webhook_not_accepted", (await world.OrderAsync(ordered.Value.Id)).FailureCode);
        await world.AssertNothingAsync(number);
        Assert.Equal((1, 1), (world.Provider.Bought, world.Provider.Released));
    }

    [Fact]
    public async Task A_failed_release_is_retried_until_it_succeeds()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.FailNext("fetch", FakeNumberProvider.Refusal("21502"));
        world.Provider.FailNext("release", FakeNumberProvider.Broken, times: 40);
        world.Provider.FailNext("release", FakeNumberProvider.Silent, after: true);

        var run = await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        var order = await world.OrderAsync(ordered.Value.Id);
        Assert.Equal(("failed", "provider_refused", "21502"), (order.Status, order.FailureCode, order.FailureDetail));
        Assert.Equal(42, run.Steps.Count(step => step == "UndoOrder"));
        Assert.Equal(["wait 2", "wait 4", "wait 8"], run.Steps.Where(step => step.StartsWith("wait", StringComparison.Ordinal)).Take(3));
        Assert.Equal("wait 300", run.Steps.Last(step => step.StartsWith("wait", StringComparison.Ordinal)));
        Assert.InRange(run.Generations, 4, 6);
        await world.AssertNothingAsync(number);
    }

    [Fact]
    public async Task A_number_registered_by_another_tenant_is_released()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var other = await NumbersFixture.CreateAsync(postgres, shared: world.Provider);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = (await world.BuyAsync(number)).Value;
        await other.ExecuteAsync("""
            insert into phone_numbers (id, tenant_id, number, provider_sid, source, created_at)
              values (@Id, @TenantId, @Number, 'PN-x', 'account', now())
            """, new { Id = Guid.CreateVersion7(), other.TenantId, Number = number });
        await InlineOrderOrchestration.RunAsync(world, ordered.Id);
        var order = await world.OrderAsync(ordered.Id);

        Assert.Equal(("failed", "number_not_available"), (order.Status, order.FailureCode));
        Assert.Empty(world.Provider.Of(world.AccountSid));
        Assert.Equal(
            0,
            await world.OneAsync<int>("select count(*) from phone_numbers where tenant_id = @TenantId", new { world.TenantId }));
    }

    [Fact]
    public async Task A_stale_entry_of_the_tenant_is_reused_for_the_new_number()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var (first, _) = await world.BuyAndRunAsync(number);
        world.Provider.Remove(number);
        await world.ExecuteAsync("update senders set retired_at = now() where id = @SenderId", new { first.SenderId });
        await world.ExecuteAsync("update number_orders set status = 'failed' where id = @Id", new { first.Id });
        world.Clock.Advance(TimeSpan.FromHours(1));

        var (second, _) = await world.BuyAndRunAsync(number);

        Assert.Equal(("done", first.SenderId, first.NumberId), (second.Status, second.SenderId, second.NumberId));
        await world.AssertWorksAsync(number);
    }

    internal static async Task<string> OrderOrchestrationUntilAsync(NumbersFixture world, Guid orderId)
    {
        await new BuyNumber(world.Db, world.Accounts, world.Provider, world.RouterUrls, world.Options, world.Clock)
            .RunAsync(new Relais.Numbers.Orders.Run.OrderIds(world.TenantId, orderId), default);
        return (await world.OrderAsync(orderId)).Status;
    }

    private static ProviderFailure Kind(string kind) => kind switch
    {
        "busy" => FakeNumberProvider.Busy,
        "broken" => FakeNumberProvider.Broken,
        "silent" => FakeNumberProvider.Silent,
        _ => FakeNumberProvider.Unreachable,
    };
}
