using Relais.Kit;
using Relais.Sending;
using Relais.Sending.Pump;

namespace Functions.Tests.Sending;

/// <summary>Covers when a released sender is woken again and which senders the sweep wakes.</summary>
public sealed class IdleSenderTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task FieldTrial_F03_A_released_sender_without_messages_is_not_woken_again()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);

        Assert.Null(await ReleaseAsync(world));
    }

    [Theory]
    [InlineData("paused")]
    [InlineData("starting")]
    [InlineData("cancelling")]
    [InlineData("cancelled")]
    [InlineData("finished")]
    public async Task FieldTrial_F03_A_blocked_campaign_wakes_no_sender(string status)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        await world.MessagesAsync(3, await world.CampaignAsync(status));

        Assert.Null(await ReleaseAsync(world));
        Assert.DoesNotContain(world.Sender, await DueAsync(world));
    }

    [Fact]
    public async Task FieldTrial_F03_Messages_outside_the_hours_of_their_campaign_wake_no_sender()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var campaign = await world.CampaignAsync();
        await world.ExecuteAsync(
            """
            update campaigns set hours_from = (now() + interval '6 hours')::time, hours_to = (now() + interval '7 hours')::time
              where id = @campaign
            """,
            new { campaign });
        await world.MessagesAsync(3, campaign);

        Assert.Null(await ReleaseAsync(world));
        Assert.DoesNotContain(world.Sender, await DueAsync(world));
    }

    [Theory]
    [InlineData(-30, 0, 0)]
    [InlineData(0, 0, 0)]
    [InlineData(20, 18, 20)]
    [InlineData(600, 598, 600)]
    public async Task The_next_wake_is_when_the_first_message_is_due(int dueInSeconds, double least, double most)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        await world.MessagesAsync(2);
        await world.ExecuteAsync(
            "update messages set due_at = now() + make_interval(secs => @dueInSeconds) where tenant_id = @Tenant",
            new { dueInSeconds, world.Tenant });

        Assert.InRange((await ReleaseAsync(world))!.Value.TotalSeconds, least, most);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(9, false)]
    public async Task FieldTrial_F03_The_sweep_wakes_no_sender_of_a_tenant_without_daily_quota_left(int attempts, bool woken)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database, dailyLimit: 5);
        await world.MessagesAsync(3);
        await world.ExecuteAsync(
            """
            insert into tenant_pace_buckets (tenant_id, bucket_at, attempts)
            values (@Tenant, date_bin('5 minutes', now(), timestamptz '2000-01-01 00:00:00+00') - interval '3 hours', @attempts),
              (@Tenant, date_bin('5 minutes', now(), timestamptz '2000-01-01 00:00:00+00') - interval '25 hours', 1000)
            """, new { world.Tenant, attempts });

        Assert.Equal(woken, (await DueAsync(world)).Contains(world.Sender));
    }

    [Fact]
    public async Task FieldTrial_F03_A_used_up_quota_does_not_hide_unknown_outcomes_from_the_sweep()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database, dailyLimit: 0);
        var id = Assert.Single(await world.MessagesAsync(1));
        await world.ExecuteAsync(
            "update messages set status = 'claimed', claimed_at = now() - interval '2 minutes', claim_epoch = 1 where id = @id",
            new { id });

        Assert.Contains(world.Sender, await DueAsync(world));
    }

    [Fact]
    public async Task FieldTrial_F03_A_tenant_without_quota_wakes_no_sender()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database, dailyLimit: 0);
        await world.MessagesAsync(3);

        Assert.DoesNotContain(world.Sender, await DueAsync(world));
    }

    [Theory]
    [InlineData(null, 3_500, 3_600)]
    [InlineData(600, 500, 600)]
    [InlineData(90_000, 3_500, 3_600)]
    public async Task FieldTrial_F03_A_follow_up_message_waits_while_its_campaign_is_paused(
        int? expiresInSeconds, double least, double most)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var id = Assert.Single(await world.MessagesAsync(1, await world.CampaignAsync("paused"), lane: 0));
        await world.ExecuteAsync(
            """
            update messages set stream_id = sender_id, step = 2, expires_at = now() + make_interval(secs => @expiresInSeconds)
              where id = @id
            """,
            new { id, expiresInSeconds });

        await world.PumpAsync();

        Assert.Equal(
            "pending paused", await world.OneAsync<string>("select status || ' ' || wait_reason from messages where id = @id", new { id }));
        Assert.InRange(
            await world.OneAsync<double>("select extract(epoch from due_at - now())::float8 from messages where id = @id", new { id }),
            least, most);
        Assert.DoesNotContain(world.Sender, await DueAsync(world));
    }

    private static async Task<TimeSpan?> ReleaseAsync(SendingFixture world)
    {
        var lease = await world.Get<SenderLeases>().TryAcquireAsync(world.Sender, default);
        return await world.Get<ReleaseSenderLease>().RunAsync(lease!, [], [], default);
    }

    private static async Task<IReadOnlyList<Guid>> DueAsync(SendingFixture world) =>
        [.. (await world.SystemDb.RunAsync(tx => SweepSenders.SelectDueSendersAsync(tx, default), default)).Select(due => due.Id)];
}
