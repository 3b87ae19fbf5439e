using Relais.Kit;
using Relais.Accounts;
using Relais.Numbers.Inventory;

namespace Functions.Tests.Numbers;

/// <summary>Orders, releases, synchronisations and connections that meet on one number.</summary>
public sealed class ConcurrentOrderTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_number_of_an_open_order_is_neither_released_nor_connected()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
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
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, _) = await BoughtAsync(world, 1);
        await world.ExecuteAsync("""
            update phone_numbers set state = 'released', sender_id = null where id = @NumberId;
            update number_orders set status = 'connected', ended_at = null, sender_id = null where id = @Id;
            delete from senders where tenant_id = @TenantId;
            """, new { order.Id, order.NumberId, world.TenantId });

        await InlineOrderOrchestration.RunAsync(world, order.Id);

        Assert.Equal("failed", (await world.OrderAsync(order.Id)).Status);
        Assert.Equal(0, await world.OneAsync<int>("select count(*)::int from senders where tenant_id = @TenantId", new { world.TenantId }));
        Assert.Empty(world.Provider.Of(world.AccountSid));
    }

    [Fact]
    public async Task Nothing_is_bought_while_another_tenant_s_inventory_still_has_the_number()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var other = await NumbersFixture.CreateAsync(postgres, shared: world.Provider);
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
        await using var world = await NumbersFixture.CreateAsync(postgres);
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
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, _) = await BoughtAsync(world, 1);
        world.Provider.FailNext("release", FakeNumberProvider.Refusal("20003", 401));

        var begun = (await world.Release.RunAsync(world.Caller, order.NumberId!.Value, new ReleaseRequest(world.PhoneNumber(1)), default)).Value;
        await world.Finish.RunAsync(world.TenantId, order.NumberId.Value, default);

        Assert.Equal(("releasing", "released"), (begun.State, (await world.NumberAsync(world.PhoneNumber(1))).State));
    }

    [Fact]
    public async Task An_account_that_is_lost_can_be_abandoned_and_another_one_set_up()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, _) = await BoughtAsync(world, 1);
        await world.ExecuteAsync("insert into campaigns (id, tenant_id, sender_id, name, audience, message1, status) values (@Id, @TenantId, @SenderId, 'c', '{}', '{}', 'paused')",
            new { order.Id, world.TenantId, order.SenderId });

        var needed = await world.Delete.RunAsync(world.Caller, true, default);
        await world.ExecuteAsync("update campaigns set status = 'cancelled' where id = @Id", new { order.Id });
        var refused = await world.Delete.RunAsync(world.Caller, false, default);
        var abandoned = await world.Delete.RunAsync(world.Caller, true, default);

        Assert.Equal(("account_has_numbers", "account_has_numbers", null), (needed!.Code, refused!.Code, abandoned));
        Assert.Equal((0, "released"), (world.Provider.Released, (await world.NumberAsync(world.PhoneNumber(1))).State));
        Assert.NotNull(await world.OneAsync<DateTime?>("select retired_at from senders where id = @SenderId", new { order.SenderId }));
        Assert.Null((await world.Save.RunAsync(world.Caller, new CredentialsRequest(world.AccountSid, NumbersFixture.Token), default)).Failure);
    }

    [Fact]
    public async Task Webhook_repair_follows_the_tenant_setting()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var change = new ChangeTelephonySettings(world.Db, world.Clock);
        await BoughtAsync(world, 1);
        world.Provider.Change(world.PhoneNumber(1), held => held with { SmsUrl = "https://elsewhere.example/sms" });

        var missing = await change.RunAsync(world.Caller, new TelephonySettings(), default);
        await change.RunAsync(world.Caller, new TelephonySettings(false), default);
        var left = (await world.Sync.RunAsync(world.TenantId, world.Caller.Actor, default)).Value;
        await change.RunAsync(world.Caller, new TelephonySettings(true), default);
        var repaired = (await world.Sync.RunAsync(world.TenantId, world.Caller.Actor, default)).Value;

        Assert.Equal(["repairWebhooks"], missing.Failure!.Faults!.Keys);
        Assert.Equal((1, 0, 1, 1), (left.Drifted, left.Repaired, repaired.Drifted, repaired.Repaired));
        Assert.Equal(2, (await world.AuditAsync()).Count(action => action == "telephony.change"));
    }

    private static async Task<(Relais.Numbers.Orders.OrderRow Order, InlineOrderOrchestration Run)> BoughtAsync(NumbersFixture world, int number)
    {
        world.Provider.ForSale(world.PhoneNumber(number));
        return await world.BuyAndRunAsync(world.PhoneNumber(number));
    }
}
