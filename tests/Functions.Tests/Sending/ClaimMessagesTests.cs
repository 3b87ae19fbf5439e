using Relais.Channels;
using Relais.Kit;
using Relais.Sending.Pump;

namespace Functions.Tests.Sending;

public sealed class ClaimMessagesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Due_messages_are_claimed_in_order_and_their_attempt_is_committed()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var ids = await world.MessagesAsync(5);

        var claim = await ClaimAsync(world, 3);

        Assert.Equal(ids.Take(3), claim.Messages.Select(message => message.Id));
        Assert.All(claim.Messages, message => Assert.Equal(1, message.Attempt));
        Assert.Equal(
            3,
            await world.OneAsync<int>(
                "select count(*)::int from messages where tenant_id = @Tenant and status = 'claimed' and attempt = 1 and claim_epoch = 1",
                new { world.Tenant }));
    }

    [Fact]
    public async Task Replies_are_claimed_before_campaign_messages()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        await world.MessagesAsync(5, await world.CampaignAsync());
        var reply = Assert.Single(await world.MessagesAsync(1, firstRecipient: 50, lane: 0));

        var claim = await ClaimAsync(world, 2);

        Assert.Equal(reply, claim.Messages[0].Id);
    }

    [Theory]
    [InlineData("+525512345678", "+5215512345678")]
    [InlineData("+5531987654321", "+553187654321")]
    [InlineData("+5491123456789", "+541123456789")]
    public async Task FieldTrial_F05_Spellings_of_a_number_share_one_pace(string spelling, string otherSpelling)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database, "whatsapp", spacingMs: 3_600_000);
        var ids = await world.MessagesAsync(3);
        await world.ExecuteAsync(
            "update messages set contact_address = case when id = @Second then @otherSpelling else @spelling end where tenant_id = @Tenant",
            new { Second = ids[1], spelling, otherSpelling, world.Tenant });

        var lease = await world.Get<SenderLeases>().TryAcquireAsync(world.Sender, default);
        var first = await world.Get<ClaimMessages>().RunAsync(lease!, 10, default);
        await world.Get<RecordOutcomes>().RunAsync(
            lease!.Sender,
            [
                new CompletedCall(
                    Assert.Single(first.Messages), new SendOutcome.Accepted("SM1", "queued"), TimeProvider.System.GetTimestamp()),
            ],
            default);
        await world.ExecuteAsync(
            "update messages set due_at = now() where tenant_id = @Tenant and status = 'pending'", new { world.Tenant });
        var second = await world.Get<ClaimMessages>().RunAsync(lease, 10, default);

        Assert.Empty(second.Messages);
        Assert.Equal(
            "recipient_spacing", await world.OneAsync<string>("select wait_reason from messages where id = @Id", new { Id = ids[1] }));
        Assert.Equal((1, 1, true), await world.OneAsync<(int, int, bool)>(
            """
            select count(*)::int, max(cardinality(recent)), bool_and(in_flight_until is null) from recipient_pace where tenant_id = @Tenant
            """,
            new { world.Tenant }));
    }

    [Fact]
    public async Task Campaigns_of_one_sender_take_turns()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var (firstCampaign, secondCampaign) = (await world.CampaignAsync(), await world.CampaignAsync());
        var first = await world.MessagesAsync(10, firstCampaign);
        var second = await world.MessagesAsync(10, secondCampaign, firstRecipient: 100);

        var claim = await ClaimAsync(world, 6);

        Assert.Equal(3, claim.Messages.Count(message => first.Contains(message.Id)));
        Assert.Equal(3, claim.Messages.Count(message => second.Contains(message.Id)));
    }

    [Theory]
    [InlineData("paused", "pending")]
    [InlineData("starting", "pending")]
    public async Task A_campaign_that_does_not_run_sends_nothing(string campaignStatus, string messageStatus)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var message = Assert.Single(await world.MessagesAsync(1, await world.CampaignAsync(campaignStatus)));

        var claim = await ClaimAsync(world, 10);

        Assert.Empty(claim.Messages);
        Assert.Equal(messageStatus, await world.StatusAsync(message));
    }

    [Fact]
    public async Task A_suppressed_contact_is_skipped_with_its_reason_and_counted()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var campaign = await world.CampaignAsync();
        var ids = await world.MessagesAsync(2, campaign);
        await world.ExecuteAsync(
            "insert into suppressions (tenant_id, channel, address, since, source) values (@Tenant, 'sms', @Address, now(), 'keyword')",
            new { world.Tenant, Address = Ids.Phone(1) });

        var claim = await ClaimAsync(world, 10);

        Assert.Equal([ids[1]], claim.Messages.Select(message => message.Id));
        Assert.Equal("skipped", await world.StatusAsync(ids[0]));
        Assert.Equal(
            new Dictionary<string, long> { ["queued"] = -1, ["skipped"] = 1, ["skipped:opted_out"] = 1 },
            await world.CountersAsync(campaign));
    }

    [Fact]
    public async Task A_message_after_its_expiry_is_not_sent()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var message = Assert.Single(await world.MessagesAsync(1));
        await world.ExecuteAsync("update messages set expires_at = now() - interval '1 second' where id = @message", new { message });

        Assert.Empty((await ClaimAsync(world, 10)).Messages);
        Assert.Equal("expired", await world.StatusAsync(message));
    }

    [Fact]
    public async Task A_recipient_has_one_message_in_flight_and_the_others_get_a_wait_reason()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database, "whatsapp");
        await world.MessagesAsync(4, oneRecipient: true);

        Assert.Single((await ClaimAsync(world, 10)).Messages);
        Assert.Equal(3, await world.OneAsync<int>(
            """
            select count(*)::int from messages
              where tenant_id = @Tenant and status = 'pending' and wait_reason = 'recipient_spacing'
              and due_at > now() + interval '5 seconds'
            """,
            new { world.Tenant }));
    }

    [Fact]
    public async Task A_recipient_gets_at_most_five_messages_per_minute()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        await world.MessagesAsync(1);
        await world.ExecuteAsync(
            """
            insert into recipient_pace (tenant_id, channel, address, recent)
              values (@Tenant, 'sms', @Address, array(select now() - n * interval '10 seconds' from generate_series(5, 1, -1) n))
            """,
            new { world.Tenant, Address = Ids.Phone(1) });

        Assert.Empty((await ClaimAsync(world, 10)).Messages);
        var wait = await world.OneAsync<double>(
            "select extract(epoch from due_at - now())::float8 from messages where tenant_id = @Tenant", new { world.Tenant });
        Assert.InRange(wait, 8, 11);
    }

    [Fact]
    public async Task The_daily_quota_of_a_tenant_is_not_exceeded()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database, dailyLimit: 7);
        await world.MessagesAsync(20);
        await world.ExecuteAsync(
            """
            insert into tenant_pace_buckets (tenant_id, bucket_at, attempts)
              values (@Tenant, now() - interval '23 hours 50 minutes', 3), (@Tenant, now() - interval '25 hours', 100)
            """,
            new { world.Tenant });

        var first = await ClaimAsync(world, 10);
        var second = await ClaimAsync(world, 10);

        Assert.Equal(4, first.Messages.Count);
        Assert.Empty(second.Messages);
        Assert.InRange(second.DailyQuotaFreeIn!.Value.TotalMinutes, 1, 17);
    }

    [Fact]
    public async Task A_stalled_holder_claims_nothing_after_a_takeover_of_its_lease()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        await world.MessagesAsync(5);
        var stalled = await world.Get<SenderLeases>().TryAcquireAsync(world.Sender, default);
        await world.ExecuteAsync(
            "update sender_leases set lease_until = now() - interval '1 second' where sender_id = @Sender", new { world.Sender });
        var next = await world.Get<SenderLeases>().TryAcquireAsync(world.Sender, default);

        var claim = await world.Get<ClaimMessages>().RunAsync(stalled!, 10, default);

        Assert.True(claim.LeaseLost);
        Assert.Empty(claim.Messages);
        Assert.Equal(5, (await world.Get<ClaimMessages>().RunAsync(next!, 10, default)).Messages.Count);
        Assert.False(await world.Get<SenderLeases>().RenewAsync(stalled!, default));
    }

    [Fact]
    public async Task Only_one_of_many_requests_acquires_the_lease()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);

        var leases = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => world.Get<SenderLeases>().TryAcquireAsync(world.Sender, default)));

        Assert.Single(leases, lease => lease is not null);
    }

    [Fact]
    public async Task A_takeover_marks_claimed_messages_unknown_and_keeps_the_pace_window_full()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var ids = await world.MessagesAsync(3);
        await ClaimAsync(world, 2);
        await world.ExecuteAsync(
            "update sender_leases set lease_until = now() - interval '200 milliseconds' where sender_id = @Sender", new { world.Sender });

        var next = await world.Get<SenderLeases>().TryAcquireAsync(world.Sender, default);

        Assert.True(next!.HasUnknownOutcomes);
        Assert.Equal("unknown", await world.StatusAsync(ids[0]));
        Assert.Equal("pending", await world.StatusAsync(ids[2]));
        var (age, units) = Assert.Single(next.RecentSends);
        Assert.Equal(10, units);
        Assert.InRange(age.TotalMilliseconds, 100, 5000);
    }

    private static async Task<Claim> ClaimAsync(SendingFixture world, int limit)
    {
        var lease = await world.Get<SenderLeases>().TryAcquireAsync(world.Sender, default) ?? new HeldLease(
            (await world.Get<SenderConnections>().FindAsync(world.Sender, default))!, 1, [], false, 0);
        return await world.Get<ClaimMessages>().RunAsync(lease, limit, default);
    }
}
