using Functions.Tests.Campaigns;
using Microsoft.Extensions.Logging.Abstractions;
using Relais.Campaigns;
using Relais.Kit;
using Relais.Numbers.Inventory;
using Relais.Platform;

namespace Functions.Tests.Numbers;

public sealed class ReleaseTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_release_removes_the_number_and_retires_its_sender()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (id, sender) = await NumberAsync(world);

        var released = (await world.Release.RunAsync(world.Caller, id, new ReleaseRequest(world.PhoneNumber(1)), default)).Value;
        var repeated = (await world.Release.RunAsync(world.Caller, id, new ReleaseRequest(world.PhoneNumber(1)), default)).Value;

        Assert.Equal(("released", "released", 1), (released.State, repeated.State, world.Provider.Released));
        Assert.Empty(world.Provider.Of(world.AccountSid));
        Assert.NotNull(await world.OneAsync<DateTime?>("select retired_at from senders where id = @Sender", new { Sender = sender }));
        Assert.Contains("number.released", await world.AuditAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("418")]
    [InlineData("+14185559999")]
    public async Task A_release_must_confirm_the_number(string? number)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (id, _) = await NumberAsync(world);

        var failure = (await world.Release.RunAsync(world.Caller, id, new ReleaseRequest(number), default)).Failure!;

        Assert.Equal((FailureKind.Invalid, "phone_number"), (failure.Kind, failure.Faults!.Keys.Single()));
        Assert.DoesNotContain("release", world.Provider.Calls);
    }

    [Fact]
    public async Task An_unknown_number_gets_404()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var other = await NumbersFixture.CreateAsync(postgres, shared: world.Provider);
        var (id, _) = await NumberAsync(world);

        Assert.Equal(
            "number_not_found",
            (await other.Release.RunAsync(other.Caller, id, new ReleaseRequest(world.PhoneNumber(1)), default)).Failure!.Code);
    }

    [Fact]
    public async Task Releasing_a_used_number_gets_409_with_counts()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (id, sender) = await NumberAsync(world);
        await AddMessageAsync(world, sender, "pending");
        await AddMessageAsync(world, sender, "unknown");
        await AddMessageAsync(world, sender, "delivered");
        await world.ExecuteAsync("""
            insert into campaigns (id, tenant_id, sender_id, name, audience, message1, status)
              values (@Id, @TenantId, @Sender, 'c', '{}', '{}', 'paused')
            """, new { Id = Guid.CreateVersion7(), world.TenantId, Sender = sender });

        var failure = (await world.Release.RunAsync(world.Caller, id, new ReleaseRequest(world.PhoneNumber(1)), default)).Failure!;

        Assert.Equal((FailureKind.Conflict, "number_in_use"), (failure.Kind, failure.Code));
        Assert.Equal(["1"], failure.Faults!["campaigns"]);
        Assert.Equal(["2"], failure.Faults["messages"]);
        await world.AssertWorksAsync(world.PhoneNumber(1));
    }

    [Fact]
    public async Task An_unanswered_release_is_retried()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (id, _) = await NumberAsync(world);
        world.Provider.FailNext("release", FakeNumberProvider.Silent, times: 1, after: true);

        var started = (await world.Release.RunAsync(world.Caller, id, new ReleaseRequest(world.PhoneNumber(1)), default)).Value;
        var repair = await world.Repair.RunAsync(world.Caller, id, default);
        var configure = await world.Configure.RunAsync(world.Caller, new ConfigureRequest { Number = world.PhoneNumber(1) }, default);
        await new FinishReleases(world.SystemDb, world.Finish, NullLogger<FinishReleases>.Instance).RunAsync(null!, default);

        Assert.Equal(("releasing", "number_releasing", "number_releasing"), (started.State, repair.Failure!.Code, configure.Failure!.Code));
        Assert.Equal("released", (await world.NumberAsync(world.PhoneNumber(1))).State);
    }

    [Fact]
    public async Task A_number_that_cannot_be_released_stays_active()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var (id, _) = await NumberAsync(world);
        world.Provider.FailNext("release", FakeNumberProvider.Refusal("20009", 409));

        var failure = (await world.Release.RunAsync(world.Caller, id, new ReleaseRequest(world.PhoneNumber(1)), default)).Failure!;

        Assert.Equal("provider_refused", failure.Code);
        await world.AssertWorksAsync(world.PhoneNumber(1));
        Assert.Contains("number.kept", await world.AuditAsync());
    }

    [Fact]
    public async Task A_campaign_cannot_start_on_a_retired_sender()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var draft = await world.CreateCampaignAsync();
        await world.ExecuteAsync("update senders set retired_at = now() where id = @SenderId", new { world.SenderId });

        var started = await world.Get<StartCampaign>().RunAsync(world.Caller, draft, world.Durable, default);
        var created = await world.Get<CreateCampaign>().RunAsync(world.Caller, world.Request(), default);

        Assert.Equal((FailureKind.Conflict, "sender_retired"), (started.Failure!.Kind, started.Failure.Code));
        Assert.Contains("senderId", created.Failure!.Faults!.Keys);
        Assert.Empty(world.Durable.Scheduled);
    }

    private static async Task<(Guid Id, Guid Sender)> NumberAsync(NumbersFixture world)
    {
        world.Provider.ForSale(world.PhoneNumber(1));
        var (order, _) = await world.BuyAndRunAsync(world.PhoneNumber(1));
        return (order.NumberId!.Value, order.SenderId!.Value);
    }

    private static Task<int> AddMessageAsync(NumbersFixture world, Guid sender, string status) => world.ExecuteAsync("""
        insert into messages (id, tenant_id, sender_id, stream_id, channel, contact_address, status, due_at, claimed_at, created_at)
        values (@Id, @TenantId, @Sender, @Sender, 'sms', '+224620000001', @Status, now(), now(), now())
        """, new { Id = Guid.CreateVersion7(), world.TenantId, Sender = sender, Status = status });
}
