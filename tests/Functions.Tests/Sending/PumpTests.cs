using System.Diagnostics;
using Relais.Channels;
using Relais.Kit;
using Relais.Sending;
using Relais.Sending.Pump;

namespace Functions.Tests.Sending;

public sealed class PumpTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Every_message_is_sent_once_within_the_pace()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database, paceUnits: 20, windowMs: 500);
        var ids = await world.MessagesAsync(120);
        world.Provider.Latency = () => (
            TimeSpan.FromMilliseconds(Random.Shared.Next(10)), TimeSpan.FromMilliseconds(Random.Shared.Next(10)));

        var result = await world.PumpAsync();

        Assert.Equal(120, result.Accepted);
        Assert.Equal(ids.Order(), world.Provider.ReceivedCalls.Select(seen => seen.Message.Id).Order());
        Assert.True(world.Provider.MaxUnitsIn(TimeSpan.FromMilliseconds(500)) <= 20);
        Assert.Equal(
            120,
            await world.OneAsync<int>(
                "select count(*)::int from messages where tenant_id = @Tenant and status = 'queued' and provider_sid is not null",
                new { world.Tenant }));
    }

    [Fact]
    public async Task The_pace_holds_across_pumps()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database, paceUnits: 5, windowMs: 1000);
        await world.MessagesAsync(20);
        var options = new SendingOptions { PumpDuration = TimeSpan.FromMilliseconds(700) };

        for (var n = 0; n < 10 && world.Provider.ReceivedCalls.Count < 20; n++)
        {
            await world.PumpAsync(options);
        }

        Assert.Equal(20, world.Provider.ReceivedCalls.Count);
        Assert.True(world.Provider.MaxUnitsIn(TimeSpan.FromSeconds(1)) <= 5);
    }

    [Fact]
    public async Task A_second_wake_does_nothing_while_the_lease_is_held()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        await world.MessagesAsync(15);
        var first = world.PumpAsync();
        await Wait.UntilAsync(() => !world.Provider.ReceivedCalls.IsEmpty);

        Assert.Null(await world.Get<SenderLeases>().TryAcquireAsync(world.Sender, default));
        await first;
        Assert.Equal(15, world.Provider.ReceivedCalls.Count);
    }

    [Fact]
    public async Task A_retryable_rejection_waits_a_minute_and_fails_after_three_retries()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var campaign = await world.CampaignAsync();
        var id = Assert.Single(await world.MessagesAsync(1, campaign));
        world.Provider.Answer = _ => new SendOutcome.Rejected("20429", 429);
        var waits = new List<double>();
        for (var attempt = 0; attempt < 4; attempt++)
        {
            await world.PumpAsync();
            if (attempt < 3)
            {
                Assert.Equal("retry", await world.StatusAsync(id));
                waits.Add(
                    await world.OneAsync<double>(
                        "select extract(epoch from due_at - now())::float8 from messages where id = @id", new { id }));
                await world.ExecuteAsync(
                    """
                    update messages set status = 'pending', due_at = now() where id = @id;
                    delete from recipient_pace where tenant_id = @Tenant
                    """,
                    new { id, world.Tenant });
            }
        }

        Assert.Equal("failed", await world.StatusAsync(id));
        Assert.Equal(4, world.Provider.ReceivedCalls.Count);
        Assert.InRange(waits[0], 58, 66);
        Assert.InRange(waits[1], 118, 132);
        Assert.InRange(waits[2], 238, 264);
        Assert.Equal(
            new Dictionary<string, long> { ["queued"] = -1, ["failed"] = 1, ["failed:20429"] = 1 }, await world.CountersAsync(campaign));
    }

    [Fact]
    public async Task A_lost_answer_becomes_unknown_and_is_resolved_by_lookup()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var ids = await world.MessagesAsync(2);
        world.Provider.Answer = _ => new SendOutcome.Unknown(SendErrorActions.NoAnswer);
        await world.PumpAsync();
        Assert.Equal("unknown", await world.StatusAsync(ids[0]));
        world.Provider.Listed[Ids.Phone(1)] = [new ListedMessage("SMfound", "sent", null, DateTimeOffset.UtcNow, "Bonjour")];
        await world.ExecuteAsync(
            "update messages set claimed_at = claimed_at - interval '35 seconds' where tenant_id = @Tenant", new { world.Tenant });
        world.Provider.Listed[Ids.Phone(1)][0] = world.Provider.Listed[Ids.Phone(1)][0] with
        {
            CreatedAt = DateTimeOffset.UtcNow.AddSeconds(-35),
        };

        var (moved, more) = await world.Get<Relais.Sending.Unknown.ResolveUnknownOutcomes>().RunAsync(world.Sender, default);

        Assert.False(more);
        Assert.Equal(2, moved.Count);
        Assert.Equal("sent", await world.StatusAsync(ids[0]));
        Assert.Equal("retry", await world.StatusAsync(ids[1]));
    }

    [Fact]
    public async Task An_unknown_outcome_stays_unknown_while_the_lookup_fails()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var id = Assert.Single(await world.MessagesAsync(1));
        world.Provider.Answer = _ => new SendOutcome.Unknown(SendErrorActions.NoAnswer);
        await world.PumpAsync();
        await world.ExecuteAsync("update messages set claimed_at = claimed_at - interval '35 seconds' where id = @id", new { id });
        world.Provider.IsLookupAvailable = false;

        var (moved, more) = await world.Get<Relais.Sending.Unknown.ResolveUnknownOutcomes>().RunAsync(world.Sender, default);

        Assert.Empty(moved);
        Assert.False(more);
        Assert.Equal("unknown", await world.StatusAsync(id));
    }

    [Fact]
    public async Task A_configuration_error_pauses_the_campaign_and_keeps_its_messages_pending()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var campaign = await world.CampaignAsync();
        var ids = await world.MessagesAsync(3, campaign);
        world.Provider.Answer = _ => new SendOutcome.Rejected("20003", 401);

        await world.PumpAsync();

        Assert.Equal("paused", await world.OneAsync<string>("select status from campaigns where id = @campaign", new { campaign }));
        Assert.Equal("20003", await world.OneAsync<string>("select status_reason from campaigns where id = @campaign", new { campaign }));
        Assert.Equal(
            3,
            await world.OneAsync<int>(
                "select count(*)::int from messages where campaign_id = @campaign and status = 'pending'", new { campaign }));
    }

    [Fact]
    public async Task Error_21610_suppresses_the_recipient()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var id = Assert.Single(await world.MessagesAsync(1));
        world.Provider.Answer = _ => new SendOutcome.Rejected("21610", 400);

        await world.PumpAsync();

        Assert.Equal("failed", await world.StatusAsync(id));
        Assert.Equal(
            "21610", await world.OneAsync<string>("select source from suppressions where tenant_id = @Tenant", new { world.Tenant }));
        Assert.Equal(
            1,
            await world.OneAsync<int>(
                "select count(*)::int from consents where tenant_id = @Tenant and kind = 'opt_out'", new { world.Tenant }));
    }

    [Fact]
    public async Task Cancellation_returns_unsent_claims()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database, paceUnits: 4, windowMs: 1000);
        await world.MessagesAsync(40);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(600));
        var clock = Stopwatch.StartNew();

        await world.PumpAsync(ct: stop.Token);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(3));
        Assert.Equal(
            0,
            await world.OneAsync<int>(
                "select count(*)::int from messages where tenant_id = @Tenant and status in ('claimed', 'unknown')", new { world.Tenant }));
        Assert.Equal(
            40,
            await world.OneAsync<int>(
                "select count(*)::int from messages where tenant_id = @Tenant and status in ('pending', 'queued')", new { world.Tenant }));
        Assert.True(
            await world.OneAsync<bool>("select lease_until is null from sender_leases where sender_id = @Sender", new { world.Sender }));
    }
}
