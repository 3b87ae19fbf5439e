using Relais.Access;
using Relais.Kit;
using Relais.Numbers.Inventory;
using Relais.Numbers.Orders.Run;

namespace Functions.Tests.Numbers;

/// <summary>A purchase that takes effect when nobody waits for it any more: nothing of it stays.</summary>
public sealed class OrphanedPurchaseTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Actor Job = Actor.System("sync-numbers");

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_late_purchase_answer_is_recorded_as_orphan(bool unknown, bool anotherOrder)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, late, arrive) = await FailedWithOneOnItsWayAsync(world);
        var second = anotherOrder ? (await world.BuyAsync(world.PhoneNumber(1), "second")).Value : null;
        if (unknown)
        {
            world.Provider.FailNext("buy", FakeNumberProvider.Silent, after: true);
        }

        arrive.SetResult();
        await late;
        Assert.Single(world.Provider.Of(world.AccountSid));
        if (second is not null)
        {
            await InlineOrderOrchestration.RunAsync(world, second.Id);
            Assert.Equal("failed", (await world.OrderAsync(second.Id)).Status);
        }

        Assert.NotNull((await world.OrderAsync(order)).ToView().Undo);
        world.Clock.Advance(world.Options.ConfirmAbsenceAfter);
        await RescueAsync(world);

        await AssertOverAsync(world, order);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_purchase_that_is_never_answered_is_found_by_its_mark(bool anotherOrder)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, _, _) = await FailedWithOneOnItsWayAsync(world);
        var second = anotherOrder ? (await world.BuyAsync(world.PhoneNumber(1), "second")).Value : null;
        // it takes effect, and the process that asked is no more
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1), world.Targets.WithOrderMark(order).SmsUrl.ToString());
        if (second is not null)
        {
            await InlineOrderOrchestration.RunAsync(world, second.Id);
            Assert.Equal("failed", (await world.OrderAsync(second.Id)).Status);
        }

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(new SyncOutcome(0, 0, 0, 0), (await world.Sync.RunAsync(world.TenantId, Job, default)).Value);
        await RescueAsync(world);

        await AssertOverAsync(world, order);
    }

    [Fact]
    public async Task The_mark_of_an_open_order_is_left_alone()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        var order = (await world.BuyAsync(world.PhoneNumber(1))).Value;
        world.Provider.FailNext("buy", FakeNumberProvider.Silent, after: true);
        await PurchaseTests.OrderOrchestrationUntilAsync(world, order.Id);

        await world.Sync.RunAsync(world.TenantId, Job, default);
        await RescueAsync(world);
        await InlineOrderOrchestration.RunAsync(world, order.Id);

        Assert.Equal("done", (await world.OrderAsync(order.Id)).Status);
        await world.AssertWorksAsync(world.PhoneNumber(1));
    }

    [Fact]
    public async Task A_number_with_an_unknown_order_mark_is_listed_unconnected()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1), world.Targets.WithOrderMark(Guid.CreateVersion7()).SmsUrl.ToString());

        Assert.Equal(1, (await world.Sync.RunAsync(world.TenantId, Job, default)).Value.Added);

        Assert.Equal((false, "https://relais.example/api/webhook-router?…"), ((await world.NumberAsync(world.PhoneNumber(1))).Managed, (await world.NumberAsync(world.PhoneNumber(1))).SmsUrl));
    }

    [Fact]
    public async Task An_orphan_that_cannot_be_released_is_retried_and_blocks_account_removal()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, late, arrive) = await FailedWithOneOnItsWayAsync(world);
        arrive.SetResult();
        await late;
        world.Provider.FailNext("release", FakeNumberProvider.Refusal("20003", 401));

        await RescueAsync(world);
        var view = (await world.OrderAsync(order)).ToView();
        var kept = await world.Delete.RunAsync(world.Caller, false, default);
        var configured = await world.Configure.RunAsync(world.Caller, new ConfigureRequest { Number = world.PhoneNumber(1) }, default);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await RescueAsync(world);

        Assert.Equal(("20003", world.Clock.Now), (view.Undo!.ProviderCode, view.Undo.RetryAt));
        Assert.Equal(("account_has_numbers", "number_being_bought"), (kept!.Code, configured.Failure!.Code));
        await AssertOverAsync(world, order);
    }

    [Fact]
    public async Task A_purchase_that_its_process_slept_over_does_not_leave()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        var order = (await world.BuyAsync(world.PhoneNumber(1))).Value;
        var buy = new BuyNumber(world.Db, world.Accounts, world.Provider, world.Targets, world.Options, new SuspendedClock(world.Clock));

        await buy.RunAsync(new OrderIds(world.TenantId, order.Id), default);

        Assert.Empty(world.Provider.Of(world.AccountSid));
        Assert.Equal("buying", (await world.OrderAsync(order.Id)).Status);
    }

    /// <summary>The first purchase has left and is not answered; the second was refused, and the order was given up.</summary>
    private static async Task<(Guid OrderId, Task Late, TaskCompletionSource Arrive)> FailedWithOneOnItsWayAsync(NumbersFixture world)
    {
        world.Provider.ForSale(world.PhoneNumber(1));
        var order = (await world.BuyAsync(world.PhoneNumber(1), "first")).Value;
        var (left, arrive) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Provider.OnTheWay = () =>
        {
            left.SetResult();
            return arrive.Task;
        };
        var late = new BuyNumber(world.Db, world.Accounts, world.Provider, world.Targets, world.Options, world.Clock).RunAsync(new OrderIds(world.TenantId, order.Id), default);
        await left.Task;
        world.Provider.FailNext("buy", FakeNumberProvider.Refusal("21422"));
        await InlineOrderOrchestration.RunAsync(world, order.Id);
        Assert.Equal("failed", (await world.OrderAsync(order.Id)).Status);
        return (order.Id, late, arrive);
    }

    private static Task RescueAsync(NumbersFixture world) => world.Rescue.RunAsync(null!, world.Durable, default);

    private static async Task AssertOverAsync(NumbersFixture world, Guid orderId)
    {
        await world.AssertNothingAsync(world.PhoneNumber(1));
        Assert.Equal(1, world.Provider.Released);
        var order = await world.OrderAsync(orderId);
        Assert.Equal(("failed", null), (order.Status, order.ToView().Undo));
    }

    /// <summary>The machine is suspended between the commit and the call: its monotonic clock stands still, the other one goes on.</summary>
    private sealed class SuspendedClock(FixedClock clock) : TimeProvider
    {
        private int asked;

        public override DateTimeOffset GetUtcNow() => clock.Now.AddMinutes(asked++ == 0 ? 0 : 10);

        public override long GetTimestamp() => 0;
    }
}
