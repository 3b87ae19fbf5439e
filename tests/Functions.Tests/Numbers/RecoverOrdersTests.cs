using Microsoft.DurableTask.Client;
using Relais.Kit;
using Relais.Numbers.Orders.Run;

namespace Functions.Tests.Numbers;

/// <summary>Tests orders whose orchestration is missing, suspended or stuck.</summary>
public sealed class RecoverOrdersTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_failing_order_does_not_stop_the_others()
    {
        // The run processes all orders of the database, so this test has its own database.
        var fixture = new PostgresFixture();
        await fixture.InitializeAsync();
        await using var world = await NumbersFixture.CreateAsync(fixture);
        await using var broken = await NumbersFixture.CreateAsync(fixture, shared: world.Provider);
        world.Provider.ForSale(broken.PhoneNumber(1));
        world.Provider.ForSale(world.PhoneNumber(1));
        var poisoned = (await broken.BuyAsync(broken.PhoneNumber(1))).Value;
        await broken.ExecuteAsync("""
            update number_orders set status = 'failed', recheck_at = created_at where id = @Id;
            update provider_accounts set secret = '\x00' where tenant_id = @TenantId;
            """, new { poisoned.Id, broken.TenantId });
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        var order = (await world.BuyAsync(world.PhoneNumber(1))).Value;
        world.Durable.Set(OrderOrchestrations.InstanceId(order.Id), OrchestrationRuntimeStatus.Failed);

        await world.Rescue.RunAsync(null!, world.Durable, default);

        Assert.Equal(
            2,
            world.Durable.Scheduled.Count(run => run.EndsWith(OrderOrchestrations.InstanceId(order.Id), StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(11, true)]
    public async Task A_long_suspended_run_is_resumed(int minutes, bool resumed)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        var order = (await world.BuyAsync(world.PhoneNumber(1))).Value;
        world.Durable.Set(OrderOrchestrations.InstanceId(order.Id), OrchestrationRuntimeStatus.Suspended);
        world.Durable.LastUpdatedAt = world.Clock.Now.AddMinutes(-minutes);

        await world.Rescue.RunAsync(null!, world.Durable, default);

        Assert.Equal(resumed, world.Durable.Resumed.Contains(OrderOrchestrations.InstanceId(order.Id)));
        Assert.Single(world.Durable.Scheduled, run => run.EndsWith(OrderOrchestrations.InstanceId(order.Id), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stuck_undo_is_reported_and_does_not_block_the_request()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        var order = (await world.BuyAsync(world.PhoneNumber(1), "t")).Value;
        world.Provider.FailNext("fetch", FakeNumberProvider.Refusal("21502"));
        world.Provider.FailNext("release", FakeNumberProvider.Refusal("20003", 401), times: 100);
        await InlineOrderOrchestration.RunAsync(world, order.Id, mostGenerations: 2);

        world.Options.PurchaseWait = TimeSpan.FromMinutes(3);
        var repeated = await world.BuyAsync(world.PhoneNumber(1), "t").WaitAsync(TimeSpan.FromSeconds(10));
        var view = repeated.Value.ToView();

        Assert.Equal(("undoing", "provider_refused", "20003"), (view.Status, view.Failure!.Code, view.Undo!.ProviderCode));
        Assert.True(view.Undo.RetryAt > FixedClock.Start);
        Assert.Equal("provider_refused", repeated.Value.FailureView!.Code);
        Assert.InRange(world.Log.Entries.Count(line => line.Contains("could not be given back", StringComparison.Ordinal)), 3, 5);
    }
}
