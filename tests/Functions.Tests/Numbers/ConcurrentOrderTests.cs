using Relais.Accounts;
using Relais.Kit;
using Relais.Numbers.Inventory;

namespace Functions.Tests.Numbers;

/// <summary>Tests orders, releases, synchronisations and connections that concern the same number at the same time.</summary>
public sealed class ConcurrentOrderTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_number_with_an_open_order_cannot_be_released_or_connected()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, _) = await BuyNumberAsync(world, 1);
        await world.ExecuteAsync("update number_orders set status = 'undoing', ended_at = null where id = @Id", new { order.Id });

        var released = await world.Release.RunAsync(world.Caller, order.NumberId!.Value, new ReleaseRequest(world.PhoneNumber(1)), default);
        var connected = await world.Configure.RunAsync(world.Caller, new ConfigureRequest { Number = world.PhoneNumber(1) }, default);

        Assert.Equal(["1"], released.Failure!.Faults!["orders"]);
        Assert.Equal("number_being_bought", connected.Failure!.Code);
        Assert.Equal(0, world.Provider.Released);
    }

    [Fact]
    public async Task A_number_lost_before_its_registration_leaves_no_sender()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, _) = await BuyNumberAsync(world, 1);
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
    public async Task A_number_in_the_inventory_of_another_tenant_is_not_bought()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var other = await NumbersFixture.CreateAsync(postgres, shared: world.Provider);
        await BuyNumberAsync(other, 1);
        world.Provider.Remove(other.PhoneNumber(1));
        world.Provider.ForSale(other.PhoneNumber(1));
        var calls = world.Provider.Bought;

        var refused = await world.BuyAsync(other.PhoneNumber(1));

        Assert.Equal(("number_not_available", calls), (refused.Failure!.Code, world.Provider.Bought));
    }

    [Fact]
    public async Task Finishing_an_old_release_does_not_release_the_new_purchase()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, _) = await BuyNumberAsync(world, 1);
        await world.ExecuteAsync("update phone_numbers set state = 'releasing' where id = @NumberId", new { order.NumberId });
        world.Provider.Remove(world.PhoneNumber(1));
        world.Provider.ForSale(world.PhoneNumber(1));

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        var (repeated, _) = await BuyNumberAsync(world, 1);
        await world.Finish.RunAsync(world.TenantId, order.NumberId!.Value, default);

        Assert.NotEqual(order.ProviderSid, repeated.ProviderSid);
        await world.AssertWorksAsync(world.PhoneNumber(1));
    }

    [Fact]
    public async Task Refused_credentials_do_not_cancel_a_release()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, _) = await BuyNumberAsync(world, 1);
        world.Provider.FailNext("release", FakeNumberProvider.Refusal("20003", 401));

        var started = (await world.Release.RunAsync(
            world.Caller, order.NumberId!.Value, new ReleaseRequest(world.PhoneNumber(1)), default)).Value;
        await world.Finish.RunAsync(world.TenantId, order.NumberId.Value, default);

        Assert.Equal(("releasing", "released"), (started.State, (await world.NumberAsync(world.PhoneNumber(1))).State));
    }

    [Fact]
    public async Task A_lost_account_can_be_abandoned_and_set_up_again()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (order, _) = await BuyNumberAsync(world, 1);
        await world.ExecuteAsync(
            """
            insert into campaigns (id, tenant_id, sender_id, name, audience, message1, status)
            values (@Id, @TenantId, @SenderId, 'c', '{}', '{}', 'paused')
            """,
            new { order.Id, world.TenantId, order.SenderId });

        var inUse = await world.Delete.RunAsync(world.Caller, true, default);
        await world.ExecuteAsync("update campaigns set status = 'cancelled' where id = @Id", new { order.Id });
        var refused = await world.Delete.RunAsync(world.Caller, false, default);
        var abandoned = await world.Delete.RunAsync(world.Caller, true, default);

        Assert.Equal(("account_has_numbers", "account_has_numbers", null), (inUse!.Code, refused!.Code, abandoned));
        Assert.Equal((0, "released"), (world.Provider.Released, (await world.NumberAsync(world.PhoneNumber(1))).State));
        Assert.NotNull(await world.OneAsync<DateTime?>("select retired_at from senders where id = @SenderId", new { order.SenderId }));
        Assert.Null(
            (await world.Save.RunAsync(world.Caller, new CredentialsRequest(world.AccountSid, NumbersFixture.Token), default)).Failure);
    }

    [Fact]
    public async Task Webhook_repair_follows_the_tenant_setting()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var change = world.Get<ChangeTelephonySettings>();
        await BuyNumberAsync(world, 1);
        world.Provider.Change(world.PhoneNumber(1), owned => owned with { SmsUrl = "https://elsewhere.example/sms" });

        var incomplete = await change.RunAsync(world.Caller, new TelephonySettings(), default);
        await change.RunAsync(world.Caller, new TelephonySettings(false), default);
        var unrepaired = (await world.Sync.RunAsync(world.TenantId, world.Caller.Actor, default)).Value;
        await change.RunAsync(world.Caller, new TelephonySettings(true), default);
        var repaired = (await world.Sync.RunAsync(world.TenantId, world.Caller.Actor, default)).Value;

        Assert.Equal(["repairWebhooks"], incomplete.Failure!.Faults!.Keys);
        Assert.Equal((1, 0, 1, 1), (unrepaired.Drifted, unrepaired.Repaired, repaired.Drifted, repaired.Repaired));
        Assert.Equal(2, (await world.AuditAsync()).Count(action => action == "telephony.change"));
    }

    private static async Task<(Relais.Numbers.Orders.OrderRow Order, InlineOrderOrchestration Run)> BuyNumberAsync(
        NumbersFixture world, int number)
    {
        world.Provider.ForSale(world.PhoneNumber(number));
        return await world.BuyAndRunAsync(world.PhoneNumber(number));
    }
}
