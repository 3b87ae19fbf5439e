using Relais.Access;
using Relais.Kit;
using Relais.Numbers.Inventory;
using Relais.Numbers.Orders.Run;

namespace Functions.Tests.Numbers;

/// <summary>A purchase that takes effect after its order has failed must be released.</summary>
public sealed class OrphanedPurchaseTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Actor Job = Actor.System("sync-numbers");

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_late_purchase_is_released(bool answerLost, bool anotherOrder)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, late, takeEffect) = await FailWithPurchaseInTransitAsync(world);
        var second = anotherOrder ? (await world.BuyAsync(world.PhoneNumber(1), "second")).Value : null;
        if (answerLost)
        {
            world.Provider.FailNext("buy", FakeNumberProvider.Silent, after: true);
        }

        takeEffect.SetResult();
        await late;
        Assert.Single(world.Provider.Of(world.AccountSid));
        if (second is not null)
        {
            await InlineOrderOrchestration.RunAsync(world, second.Id);
            Assert.Equal("failed", (await world.OrderAsync(second.Id)).Status);
        }

        Assert.NotNull((await world.OrderAsync(order)).ToView().Undo);
        world.Clock.Advance(world.Options.ConfirmAbsenceAfter);
        await RestartRunsAsync(world);

        await AssertReleasedAsync(world, order);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unanswered_purchase_is_found_by_its_order_mark(bool anotherOrder)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, _, _) = await FailWithPurchaseInTransitAsync(world);
        var second = anotherOrder ? (await world.BuyAsync(world.PhoneNumber(1), "second")).Value : null;
        // The purchase takes effect after the process that sent it has ended.
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1), world.RouterUrls.WithOrderMark(order).SmsUrl.ToString());
        if (second is not null)
        {
            await InlineOrderOrchestration.RunAsync(world, second.Id);
            Assert.Equal("failed", (await world.OrderAsync(second.Id)).Status);
        }

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(new SyncOutcome(0, 0, 0, 0), (await world.Sync.RunAsync(world.TenantId, Job, default)).Value);
        await RestartRunsAsync(world);

        await AssertReleasedAsync(world, order);
    }

    [Fact]
    public async Task A_number_with_the_mark_of_an_open_order_is_kept()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        var order = (await world.BuyAsync(world.PhoneNumber(1))).Value;
        world.Provider.FailNext("buy", FakeNumberProvider.Silent, after: true);
        await PurchaseTests.OrderOrchestrationUntilAsync(world, order.Id);

        await world.Sync.RunAsync(world.TenantId, Job, default);
        await RestartRunsAsync(world);
        await InlineOrderOrchestration.RunAsync(world, order.Id);

        Assert.Equal("done", (await world.OrderAsync(order.Id)).Status);
        await world.AssertWorksAsync(world.PhoneNumber(1));
    }

    [Fact]
    public async Task A_number_with_an_unknown_order_mark_is_listed_unconnected()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(
            world.AccountSid, world.PhoneNumber(1), world.RouterUrls.WithOrderMark(Guid.CreateVersion7()).SmsUrl.ToString());

        Assert.Equal(1, (await world.Sync.RunAsync(world.TenantId, Job, default)).Value.Added);

        Assert.Equal(
            (false, "https://relais.example/api/webhook-router?…"),
            ((await world.NumberAsync(world.PhoneNumber(1))).Managed, (await world.NumberAsync(world.PhoneNumber(1))).SmsUrl));
    }

    [Fact]
    public async Task An_orphan_that_cannot_be_released_is_retried_and_blocks_account_removal()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, late, takeEffect) = await FailWithPurchaseInTransitAsync(world);
        takeEffect.SetResult();
        await late;
        world.Provider.FailNext("release", FakeNumberProvider.Refusal("20003", 401));

        await RestartRunsAsync(world);
        var view = (await world.OrderAsync(order)).ToView();
        var deleted = await world.Delete.RunAsync(world.Caller, false, default);
        var configured = await world.Configure.RunAsync(world.Caller, new ConfigureRequest { Number = world.PhoneNumber(1) }, default);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await RestartRunsAsync(world);

        Assert.Equal(("20003", world.Clock.Now), (view.Undo!.ProviderCode, view.Undo.RetryAt));
        Assert.Equal(("account_has_numbers", "number_being_bought"), (deleted!.Code, configured.Failure!.Code));
        await AssertReleasedAsync(world, order);
    }

    [Fact]
    public async Task A_purchase_after_a_suspended_process_is_not_sent()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        var order = (await world.BuyAsync(world.PhoneNumber(1))).Value;
        var buy = new BuyNumber(world.Db, world.Accounts, world.Provider, world.RouterUrls, world.Options, new SuspendedClock(world.Clock));

        await buy.RunAsync(new OrderIds(world.TenantId, order.Id), default);

        Assert.Empty(world.Provider.Of(world.AccountSid));
        Assert.Equal("buying", (await world.OrderAsync(order.Id)).Status);
    }

    /// <summary>Creates a failed order: its first purchase is still in transit and its second purchase was refused.</summary>
    private static async Task<(Guid OrderId, Task Late, TaskCompletionSource Arrive)> FailWithPurchaseInTransitAsync(NumbersFixture world)
    {
        world.Provider.ForSale(world.PhoneNumber(1));
        var order = (await world.BuyAsync(world.PhoneNumber(1), "first")).Value;
        var (sent, takeEffect) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Provider.OnTheWay = () =>
        {
            sent.SetResult();
            return takeEffect.Task;
        };
        var late = new BuyNumber(world.Db, world.Accounts, world.Provider, world.RouterUrls, world.Options, world.Clock)
            .RunAsync(new OrderIds(world.TenantId, order.Id), default);
        await sent.Task;
        world.Provider.FailNext("buy", FakeNumberProvider.Refusal("21422"));
        await InlineOrderOrchestration.RunAsync(world, order.Id);
        Assert.Equal("failed", (await world.OrderAsync(order.Id)).Status);
        return (order.Id, late, takeEffect);
    }

    private static Task RestartRunsAsync(NumbersFixture world) => world.Rescue.RunAsync(null!, world.Durable, default);

    private static async Task AssertReleasedAsync(NumbersFixture world, Guid orderId)
    {
        await world.AssertNothingAsync(world.PhoneNumber(1));
        Assert.Equal(1, world.Provider.Released);
        var order = await world.OrderAsync(orderId);
        Assert.Equal(("failed", null), (order.Status, order.ToView().Undo));
    }

    /// <summary>
    /// Simulates a machine that is suspended between the commit and the call: the monotonic clock stops, the wall clock continues.
    /// </summary>
    private sealed class SuspendedClock(FixedClock clock) : TimeProvider
    {
        private int reads;

        public override DateTimeOffset GetUtcNow() => clock.Now.AddMinutes(reads++ == 0 ? 0 : 10);

        public override long GetTimestamp() => 0;
    }
}
