using Relais.Kit;
using Relais.Telephony.Inventory;

namespace Functions.Tests.Telephony;

/// <summary>Orders, releases, synchronisations and connections that meet on one number.</summary>
public sealed class CrossingPathsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_number_of_an_open_order_is_neither_released_nor_connected()
    {
        await using var world = await TelephonyWorld.CreateAsync(postgres);
        var (order, _) = await BoughtAsync(world, 1);
        await world.ExecuteAsync("update number_orders set status = 'undoing', ended_at = null where id = @Id", new { order.Id });

        var released = await world.Release.RunAsync(world.Caller, order.NumberId!.Value, new ReleaseRequest(world.PhoneNumber(1)), default);
        var connected = await world.Configure.RunAsync(world.Caller, new ConfigureRequest { Number = world.PhoneNumber(1) }, default);

        Assert.Equal(["1"], released.Failure!.Faults!["orders"]);
        Assert.Equal("number_being_bought", connected.Failure!.Code);
        Assert.Equal(0, world.Provider.Released);
    }

    [Fact]
    public async Task A_number_that_went_away_before_it_became_a_sender_leaves_none()
    {
        await using var world = await TelephonyWorld.CreateAsync(postgres);
        var (order, _) = await BoughtAsync(world, 1);
        await world.ExecuteAsync("""
            update phone_numbers set state = 'released', sender_id = null where id = @NumberId;
            update number_orders set status = 'connected', ended_at = null, sender_id = null where id = @Id;
            delete from senders where tenant_id = @TenantId;
            """, new { order.Id, order.NumberId, world.TenantId });

        await OrderOrchestration.RunAsync(world, order.Id);

        Assert.Equal("failed", (await world.OrderAsync(order.Id)).Status);
        Assert.Equal(0, await world.OneAsync<int>("select count(*)::int from senders where tenant_id = @TenantId", new { world.TenantId }));
        Assert.Empty(world.Provider.Of(world.AccountSid));
    }

    [Fact]
    public async Task Nothing_is_bought_while_another_tenant_s_inventory_still_has_the_number()
    {
        await using var world = await TelephonyWorld.CreateAsync(postgres);
        await using var other = await TelephonyWorld.CreateAsync(postgres, shared: world.Provider);
        await BoughtAsync(other, 1);
        world.Provider.Remove(other.PhoneNumber(1));
        world.Provider.ForSale(other.PhoneNumber(1));
        var calls = world.Provider.Bought;

        var refused = await world.BuyAsync(other.PhoneNumber(1));

        Assert.Equal(("number_not_available", calls), (refused.Failure!.Code, world.Provider.Bought));
    }

    [Fact]
    public async Task The_end_of_a_former_purchase_does_not_end_the_present_one()
    {
        await using var world = await TelephonyWorld.CreateAsync(postgres);
        var (order, _) = await BoughtAsync(world, 1);
        await world.ExecuteAsync("update phone_numbers set state = 'releasing' where id = @NumberId", new { order.NumberId });
        world.Provider.Remove(world.PhoneNumber(1));
        world.Provider.ForSale(world.PhoneNumber(1));

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        var (again, _) = await BoughtAsync(world, 1);
        await world.Finish.RunAsync(world.TenantId, order.NumberId!.Value, default);

        Assert.NotEqual(order.ProviderSid, again.ProviderSid);
        await world.AssertWorksAsync(world.PhoneNumber(1));
    }

    [Fact]
    public async Task Credentials_that_are_refused_do_not_take_a_release_back()
    {
        await using var world = await TelephonyWorld.CreateAsync(postgres);
        var (order, _) = await BoughtAsync(world, 1);
        world.Provider.FailNext("release", FakeNumbers.Refusal("20003", 401));

        var begun = (await world.Release.RunAsync(world.Caller, order.NumberId!.Value, new ReleaseRequest(world.PhoneNumber(1)), default)).Value;
        await world.Finish.RunAsync(world.TenantId, order.NumberId.Value, default);

        Assert.Equal(("releasing", "released"), (begun.State, (await world.NumberAsync(world.PhoneNumber(1))).State));
    }

    private static async Task<(Relais.Telephony.Orders.OrderRow Order, OrderOrchestration Run)> BoughtAsync(TelephonyWorld world, int number)
    {
        world.Provider.ForSale(world.PhoneNumber(number));
        return await world.BuyAndRunAsync(world.PhoneNumber(number));
    }
}
