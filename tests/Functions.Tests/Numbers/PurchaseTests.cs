using Relais.Channels;
using Relais.Kit;

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

        Assert.Equal(["ReadOrder", "BuyNumber", "StoreNumber", "ConnectNumber", "RegisterNumber"], run.Steps);
        Assert.Equal(("done", (string?)null, (string?)null, 1), (order.Status, order.FailureCode, order.FailureDetail, order.Attempts));
        await world.AssertWorksAsync(number);
        Assert.Equal(("CA", "local", "purchase"), ((await world.NumberAsync(number)).Country, (await world.NumberAsync(number)).NumberType, (await world.NumberAsync(number)).Source));
        Assert.Equal(["account.connect", "number.purchase", "order.create"], await world.AuditAsync());
        Assert.Equal("p-1", await world.OneAsync<string>("select after ->> 'orderedBy' from audit where tenant_id = @TenantId and action = 'number.purchase'", new { world.TenantId }));
        Assert.Equal("p-1", await world.OneAsync<string>("select actor_id from audit where tenant_id = @TenantId and action = 'order.create'", new { world.TenantId }));
        Assert.Equal(0, await world.OneAsync<int>("select count(*) from audit where tenant_id = @TenantId and (before::text || after::text) like '%' || @Number || '%'", new { world.TenantId, Number = number }));
        Assert.Equal(1, world.Provider.Bought);
    }

    [Fact]
    public async Task Steps_that_run_twice_come_to_the_same()
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
    public async Task A_passing_fault_costs_time_only(string call, string kind, bool after)
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
    public async Task A_lasting_fault_ends_with_nothing_bought_and_nothing_stored(string call, string kind, bool after)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.FailNext(call, Kind(kind), times: 1000, after);
        if (call == "buy" && after)
        {
            // what was bought can never be seen
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
    public async Task A_purchase_that_arrives_late_is_found_after_the_refusal_of_the_next()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        // the first purchase arrives when the second one is on its way
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
    public async Task A_refused_purchase_fails_with_its_name_and_without_delay(string providerCode, string code)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number, token: "once");
        world.Provider.FailNext("buy", FakeNumberProvider.Refusal(providerCode));

        var run = await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);
        var again = await world.BuyAsync(number, token: "once");

        Assert.Equal(["ReadOrder", "BuyNumber"], run.Steps);
        Assert.Equal(("failed", code, providerCode), (again.Value.Status, again.Value.FailureCode, again.Value.FailureDetail));
        Assert.Equal(code, again.Value.Failure!.Code);
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

        Assert.Equal(("failed", code), ((await world.OrderAsync(ordered.Value.Id)).Status, (await world.OrderAsync(ordered.Value.Id)).FailureCode));
    }

    [Fact]
    public async Task Ownership_of_a_purchase_ignores_the_provider_clock()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.FailNext("buy", FakeNumberProvider.Silent, after: true);
        world.Provider.Distort = held => held with { CreatedAt = world.Clock.Now.AddMinutes(-2) };

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        Assert.Equal("done", (await world.OrderAsync(ordered.Value.Id)).Status);
        await world.AssertWorksAsync(number);
        Assert.Equal((1, 0), (world.Provider.Bought, world.Provider.Released));
    }

    [Fact]
    public async Task A_number_that_is_bought_by_hand_at_the_same_time_is_not_taken_for_the_order_s()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.FailNext("buy", FakeNumberProvider.Silent);
        await OrderOrchestrationUntilAsync(world, ordered.Value.Id);
        world.Provider.BuyInConsole(world.AccountSid, number, world.Targets.Expected.SmsUrl.ToString());

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        Assert.Equal("number_already_owned", (await world.OrderAsync(ordered.Value.Id)).FailureCode);
        Assert.Single(world.Provider.Of(world.AccountSid));
    }

    [Fact]
    public async Task A_number_that_came_from_elsewhere_meanwhile_is_not_taken_and_never_given_back()
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
    public async Task A_number_that_points_here_but_is_older_than_the_order_is_not_given_back()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        world.Provider.FailNext("buy", FakeNumberProvider.Silent, times: 100);
        world.Provider.FailNext("list", FakeNumberProvider.Silent, times: 100);
        world.Provider.BuyInConsole(world.AccountSid, number, world.Targets.Expected.SmsUrl.ToString());
        world.Provider.Change(number, held => held with { CreatedAt = FixedClock.Start.AddDays(-1) });

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        Assert.Equal("failed", (await world.OrderAsync(ordered.Value.Id)).Status);
        Assert.Single(world.Provider.Of(world.AccountSid));
    }

    [Fact]
    public async Task Webhooks_that_the_provider_did_not_keep_are_set_again()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = await world.BuyAsync(number);
        var left = 2;
        world.Provider.Distort = held => left-- > 0 ? held with { SmsFallbackUrl = null, SmsApplicationSid = "AP1" } : held;

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
        world.Provider.Distort = held => held with { SmsApplicationSid = "AP1" };

        await InlineOrderOrchestration.RunAsync(world, ordered.Value.Id);

        Assert.Equal("webhook_not_accepted", (await world.OrderAsync(ordered.Value.Id)).FailureCode);
        await world.AssertNothingAsync(number);
        Assert.Equal((1, 1), (world.Provider.Bought, world.Provider.Released));
    }

    [Fact]
    public async Task A_release_that_fails_is_tried_until_it_succeeds()
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
    public async Task A_number_that_another_tenant_takes_in_meanwhile_is_given_back()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var other = await NumbersFixture.CreateAsync(postgres, shared: world.Provider);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var ordered = (await world.BuyAsync(number)).Value;
        await other.ExecuteAsync("""
            insert into phone_numbers (id, tenant_id, number, provider_sid, source, created_at) values (@Id, @TenantId, @Number, 'PN-x', 'account', now())
            """, new { Id = Guid.CreateVersion7(), other.TenantId, Number = number });
        await InlineOrderOrchestration.RunAsync(world, ordered.Id);
        var order = await world.OrderAsync(ordered.Id);

        Assert.Equal(("failed", "number_not_available"), (order.Status, order.FailureCode));
        Assert.Empty(world.Provider.Of(world.AccountSid));
        Assert.Equal(0, await world.OneAsync<int>("select count(*) from phone_numbers where tenant_id = @TenantId", new { world.TenantId }));
    }

    [Fact]
    public async Task A_stale_entry_of_ours_becomes_the_entry_of_the_new_number()
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
        await new Relais.Numbers.Orders.Run.BuyNumber(world.Db, world.Accounts, world.Provider, world.Targets, world.Options, world.Clock)
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
