using Functions.Tests.Numbers;
using Relais.Kit;
using Relais.Numbers.Inventory;
using Relais.Platform;
using Relais.WhatsAppSenders;

namespace Functions.Tests.WhatsAppSenders;

public sealed class RetireSenderTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_number_can_be_released_once_its_whatsapp_sender_is_retired()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var (order, _) = await world.BuyAndRunAsync(number);
        var sender = await world.OneAsync<Guid>("""
            insert into senders (id, tenant_id, account_id, channel, address)
            select gen_random_uuid(), tenant_id, id, 'whatsapp', @number from provider_accounts where tenant_id = @TenantId returning id
            """, new { number, world.TenantId });
        var retire = new RetireWhatsAppSender(world.Db, world.Clock);

        var refused = await world.Release.RunAsync(world.Caller, order.NumberId!.Value, new ReleaseRequest(number), default);
        var retired = await retire.RunAsync(world.Caller, sender, new RetireRequest(number), default);
        var again = await retire.RunAsync(world.Caller, sender, new RetireRequest(number), default);
        var released = await world.Release.RunAsync(world.Caller, order.NumberId.Value, new ReleaseRequest(number), default);

        Assert.Equal(["senders"], refused.Failure!.Faults!.Keys);
        Assert.Equal(("retired", "released"), (retired.Value.Status, released.Value.State));
        Assert.Equal(retired.Value.RetiredAt, again.Value.RetiredAt);
        Assert.Single(await world.AuditAsync(), action => action == "sender.retire");
        Assert.Null(await world.Delete.RunAsync(world.Caller, false, default));
    }

    [Fact]
    public async Task Retiring_a_used_sender_gets_409_with_counts()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 2);
        await world.RunningCampaignAsync();
        await world.ExecuteAsync("""
            insert into messages (id, tenant_id, sender_id, stream_id, channel, contact_address, status, due_at, created_at)
            select gen_random_uuid(), @Tenant, @SenderId, @SenderId, 'whatsapp', '+224620000009', status, now(), now()
            from unnest(array['pending', 'retry', 'unknown', 'delivered']) s (status)
            """, new { world.Tenant, world.SenderId });

        var failure = (await RetireAsync(world, WhatsAppFixture.SenderNumber)).Failure!;

        Assert.Equal((FailureKind.Conflict, "sender_in_use"), (failure.Kind, failure.Code));
        Assert.Equal(("1", "3"), (failure.Faults!["campaigns"][0], failure.Faults["messages"][0]));
        Assert.Null((await world.SenderAsync()).RetiredAt);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("224")]
    [InlineData("+14185559999")]
    public async Task The_number_must_be_repeated(string? number)
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);

        var failure = (await RetireAsync(world, number)).Failure!;

        Assert.Equal((FailureKind.Invalid, "phone_number"), (failure.Kind, failure.Faults!.Keys.Single()));
    }

    [Fact]
    public async Task A_retired_sender_is_restored_by_its_owner_and_not_by_a_sync()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        await world.SyncAsync();
        await RetireAsync(world, WhatsAppFixture.SenderNumber);
        Assert.Empty((await world.SyncAsync()).Value.Senders);

        var restored = await world.Restore.RunAsync(world.Owner, world.SenderId, default);

        Assert.Equal(("online", (DateTimeOffset?)null), (restored.Value.Status, restored.Value.RetiredAt));
        Assert.Equal(restored.Value.Id, (await world.Restore.RunAsync(world.Owner, world.SenderId, default)).Value.Id);
        Assert.Equal(["sender.retire", "sender.restore"], await world.AuditAsync());
    }

    [Fact]
    public async Task An_unregistered_sender_cannot_be_restored()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres, registered: false);
        await RetireAsync(world, WhatsAppFixture.SenderNumber);

        Assert.Equal(
            "whatsapp_not_registered", (await world.Restore.RunAsync(world.Owner, world.SenderId, default)).Failure!.Code);
        Assert.Empty((await world.List.RunAsync(world.Tenant, false, default)).Senders);
    }

    [Fact]
    public async Task A_sandbox_sender_is_retired_and_restored()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres, registered: false);
        await world.ExecuteAsync("update senders set is_sandbox = true where id = @SenderId", new { world.SenderId });

        Assert.Equal("retired", (await RetireAsync(world, WhatsAppFixture.SenderNumber)).Value.Status);
        Assert.Equal("sandbox", (await world.Restore.RunAsync(world.Owner, world.SenderId, default)).Value.Status);
    }

    [Fact]
    public async Task A_replaced_sender_cannot_be_restored()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        await RetireAsync(world, WhatsAppFixture.SenderNumber);
        await world.ExecuteAsync("update senders set account_id = null where id = @SenderId", new { world.SenderId });
        Assert.Equal(1, (await world.SyncAsync()).Value.Added);

        Assert.Equal("sender_replaced", (await world.Restore.RunAsync(world.Owner, world.SenderId, default)).Failure!.Code);
    }

    private static Task<Result<WhatsAppSenderView>> RetireAsync(WhatsAppFixture world, string? number) =>
        world.Retire.RunAsync(world.Owner, world.SenderId, new RetireRequest(number), default);
}
