using Npgsql;
using Relais.Channels;
using Relais.Consent;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Sending;
using Relais.Sending.Pump;
using Relais.Sending.Unknown;

namespace Functions.Tests.Sending;

/// <summary>Race conditions and rare states that could lose a message, send it twice or block a sender.</summary>
public sealed class SendingEdgeCaseTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_callback_does_not_change_the_message_of_another_tenant()
    {
        await using var ownTenant = await SendingFixture.CreateAsync(postgres.Database);
        await using var otherTenant = await SendingFixture.CreateAsync(postgres.Database);
        var victim = Assert.Single(await otherTenant.MessagesAsync(1));
        await otherTenant.ExecuteAsync(
            "update messages set status = 'sent', attempt = 1, provider_sid = 'SMvictim' where id = @victim", new { victim });

        foreach (var forged in new[]
        {
            Report(ownTenant, victim, "failed", "21610"),
            Report(ownTenant, victim, "failed", "21610") with { MessageId = null, Attempt = null, Sid = "SMvictim" },
        })
        {
            Assert.Empty((await ApplyAsync(ownTenant, forged)).Transitions);
        }

        Assert.Equal("sent", await otherTenant.StatusAsync(victim));
        Assert.Equal(
            0,
            await otherTenant.OneAsync<int>(
                "select count(*)::int from suppressions where tenant_id = @Tenant", new { otherTenant.Tenant }));
    }

    [Fact]
    public async Task Concurrent_senders_share_the_daily_quota()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database, dailyLimit: 50);
        var other = Guid.CreateVersion7();
        await world.ExecuteAsync(
            "insert into senders (id, tenant_id, account_id, channel, address) values (@other, @Tenant, @Tenant, 'sms', '+224620999999')",
            new { other, world.Tenant });
        await world.MessagesAsync(100);
        await world.ExecuteAsync(
            "update messages set sender_id = @other, stream_id = @other where tenant_id = @Tenant and contact_address > @Half",
            new { other, world.Tenant, Half = Ids.Phone(50) });
        var leases = await Task.WhenAll(
            new[] { world.Sender, other }.Select(sender => world.Get<SenderLeases>().TryAcquireAsync(sender, default)));

        var claims = await Task.WhenAll(
            leases.SelectMany(lease => Enumerable.Range(0, 10).Select(_ => world.Get<ClaimMessages>().RunAsync(lease!, 10, default))));

        Assert.Equal(50, claims.Sum(claim => claim.Messages.Count));
    }

    [Fact]
    public async Task A_failed_pump_lets_its_lease_expire()
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync());
        await world.MessagesAsync(3);
        await world.ExecuteAsync("alter table suppressions rename to suppressions_away");

        await Assert.ThrowsAsync<PostgresException>(() => world.PumpAsync());
        var leaseUntil = await world.OneAsync<DateTime>(
            "select lease_until from sender_leases where sender_id = @Sender", new { world.Sender });
        await Task.Delay((SenderLeases.Length / 4) + TimeSpan.FromSeconds(1));

        Assert.Equal(
            leaseUntil,
            await world.OneAsync<DateTime>("select lease_until from sender_leases where sender_id = @Sender", new { world.Sender }));
    }

    [Fact]
    public async Task A_sender_with_an_unreadable_token_is_logged_and_skipped()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var id = Assert.Single(await world.MessagesAsync(1));
        await world.ExecuteAsync("update provider_accounts set secret_key_id = 'k9' where tenant_id = @Tenant", new { world.Tenant });

        var pumped = await world.Get<SenderPump>().RunAsync(world.Sender, world.OnRetryWaiting, default);
        var resolved = await world.Get<ResolveUnknownOutcomes>().RunAsync(world.Sender, default);

        Assert.Equal((false, 0), (pumped, resolved.Moved.Count));
        Assert.Equal("pending", await world.StatusAsync(id));
        Assert.Contains(world.Log.Entries, entry => entry.Contains($"Sender {world.Sender} waits", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_exception_of_the_provider_leaves_the_message_unknown()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var id = Assert.Single(await world.MessagesAsync(1));
        world.Provider.Answer = _ => throw new InvalidOperationException("broken edge");

        await world.PumpAsync();

        Assert.Equal(1, world.ResolveRequestCount);
        Assert.Equal("unknown", await world.StatusAsync(id));
    }

    [Theory]
    [InlineData("finished", "retry")]
    [InlineData("cancelled", "failed")]
    public async Task A_late_retryable_failure_of_an_ended_campaign_is_retried_or_failed(string campaignStatus, string messageStatus)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var campaign = await world.CampaignAsync(campaignStatus);
        var id = Assert.Single(await world.MessagesAsync(1, campaign));
        await world.ExecuteAsync("update messages set status = 'sent', attempt = 1 where id = @id", new { id });

        await ApplyAsync(world, Report(world, id, "undelivered", "30003"));

        Assert.Equal(messageStatus, await world.StatusAsync(id));
        if (messageStatus == "retry")
        {
            await world.ExecuteAsync("update messages set status = 'pending', due_at = now() where id = @id", new { id });
            Assert.Equal(1, (await world.PumpAsync()).Accepted);
        }
    }

    [Fact]
    public async Task A_message_requeued_while_its_campaign_ends_is_found_by_the_sweep()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        await world.MessagesAsync(1, await world.CampaignAsync("finished"));
        await world.ExecuteAsync("update campaigns set finished_at = now() where tenant_id = @Tenant", new { world.Tenant });
        Assert.Equal(0, (await world.PumpAsync()).Accepted);

        await world.SystemDb.RunAsync(tx => tx.ExecuteAsync(SweepSenders.MoveToSenderStream, null, default), default);

        Assert.Equal(1, (await world.PumpAsync()).Accepted);
    }

    [Fact]
    public async Task A_configuration_error_of_a_follow_up_of_a_finished_campaign_is_final()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var id = Assert.Single(await world.MessagesAsync(1, await world.CampaignAsync("finished")));
        await world.ExecuteAsync("update messages set stream_id = sender_id, lane = 0, step = 2 where id = @id", new { id });
        world.Provider.Answer = _ => new SendOutcome.Rejected("20003", 401);

        await world.PumpAsync();

        Assert.Equal("failed", await world.StatusAsync(id));
        Assert.Single(world.Provider.ReceivedCalls);
    }

    [Fact]
    public async Task A_callback_after_a_negative_lookup_is_applied()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var id = Assert.Single(await world.MessagesAsync(1));
        world.Provider.Answer = _ => new SendOutcome.Unknown(SendErrorActions.NoAnswer);
        await world.PumpAsync();
        await world.ExecuteAsync("update messages set claimed_at = claimed_at - interval '35 seconds' where id = @id", new { id });
        await world.Get<ResolveUnknownOutcomes>().RunAsync(world.Sender, default);
        Assert.Equal("retry", await world.StatusAsync(id));

        await ApplyAsync(world, Report(world, id, "sent", null));
        await ApplyAsync(world, Report(world, id, "delivered", null));

        Assert.Equal("delivered", await world.StatusAsync(id));
        await world.ExecuteAsync("update messages set due_at = now() where id = @id", new { id });
        Assert.Equal(0, (await world.PumpAsync()).Accepted);
    }

    [Fact]
    public async Task An_ambiguous_outcome_fails_after_a_day()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var id = Assert.Single(await world.MessagesAsync(1));
        world.Provider.Answer = _ => new SendOutcome.Unknown(SendErrorActions.NoAnswer);
        await world.PumpAsync();
        await world.ExecuteAsync("update messages set claimed_at = claimed_at - interval '35 seconds' where id = @id", new { id });
        world.Provider.Listed[Ids.Phone(1)] =
            [
                new ListedMessage("SMother", "sent", null, DateTimeOffset.UtcNow.AddSeconds(-35), "Another text"),
            ];

        await world.Get<ResolveUnknownOutcomes>().RunAsync(world.Sender, default);
        Assert.Equal("unknown", await world.StatusAsync(id));

        await world.ExecuteAsync(
            "update messages set claimed_at = claimed_at - interval '25 hours', polled_at = null where id = @id", new { id });
        world.Provider.IsLookupAvailable = false;
        await world.Get<ResolveUnknownOutcomes>().RunAsync(world.Sender, default);
        Assert.Equal("failed", await world.StatusAsync(id));
        Assert.Equal(
            UnknownOutcomeDecision.OutcomeUnknownCode,
            await world.OneAsync<string>("select error_code from messages where id = @id", new { id }));
    }

    [Fact]
    public async Task A_pace_of_one_per_minute_uses_one_attempt_per_message()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database, paceUnits: 1, windowMs: 60_000);
        await world.MessagesAsync(5);

        var result = await world.PumpAsync();

        Assert.Equal(1, result.Accepted);
        Assert.InRange(result.NextSendIn!.Value.TotalSeconds, 50, 61);
        Assert.InRange(
            await world.OneAsync<int>("select sum(attempts)::int from tenant_pace_buckets where tenant_id = @Tenant", new { world.Tenant }),
            1, 2);
    }

    [Fact]
    public async Task A_parked_sender_stops_sending()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database, paceUnits: 10, windowMs: 1000);
        await world.MessagesAsync(60);
        world.Provider.Answer = _ => new SendOutcome.Rejected("63038", 429);

        await world.PumpAsync();

        Assert.InRange(world.Provider.ReceivedCalls.Count, 1, 25);
        Assert.Equal(
            60,
            await world.OneAsync<int>(
                "select count(*)::int from messages where tenant_id = @Tenant and status = 'pending'", new { world.Tenant }));
        Assert.Null(await world.Get<SenderLeases>().TryAcquireAsync(world.Sender, default));
    }

    [Theory]
    [InlineData("STOP,START,STOP", true)]
    [InlineData("STOP,START", false)]
    [InlineData("START,STOP", true)]
    public async Task The_latest_consent_wins_in_any_processing_order(string words, bool suppressed)
    {
        var consents = words.Split(',').Select((word, n) => (Word: word, At: DateTimeOffset.UtcNow.AddMinutes(n - 10))).ToList();
        foreach (var order in Permutations(consents))
        {
            await using var world = await SendingFixture.CreateAsync(postgres.Database);
            foreach (var (word, at) in order)
            {
                await world.SystemDb.RunAsync(
                    tx => word == "STOP"
                        ? RecordConsent.OptOutAsync(tx, world.Tenant, "sms", Ids.Phone(1), null, "keyword", word, null, at, default)
                        : RecordConsent.OptInAsync(tx, world.Tenant, "sms", Ids.Phone(1), null, "keyword", word, null, at, default),
                    default);
            }

            Assert.Equal(
                suppressed,
                await world.OneAsync<bool>("select exists (select from suppressions where tenant_id = @Tenant)", new { world.Tenant }));
            Assert.Equal(
                consents.Count,
                await world.OneAsync<int>("select count(*)::int from consents where tenant_id = @Tenant", new { world.Tenant }));
        }
    }

    private static IEnumerable<List<T>> Permutations<T>(List<T> items) =>
        items.Count <= 1
            ? [items]
            : items.SelectMany((item, n) =>
                Permutations([.. items.Where((_, other) => other != n)])
                    .Select(permutation => new List<T> { item }.Concat(permutation).ToList()));

    private static Task<AppliedStatuses> ApplyAsync(SendingFixture world, StatusReport report) =>
        world.SystemDb.RunAsync(tx => ApplyStatusReports.RunAsync(tx, [report], DateTimeOffset.UtcNow, Random.Shared, default), default);

    private static StatusReport Report(SendingFixture world, Guid id, string status, string? code) =>
        new(world.Tenant, Guid.CreateVersion7(), id, 1, $"SM{id:N}", status, code, DateTimeOffset.UtcNow);
}
