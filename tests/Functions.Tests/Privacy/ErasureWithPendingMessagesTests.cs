using Relais.Channels;
using Relais.Kit;
using Relais.Sending.Pump;
using Relais.Sending.Unknown;
using static Functions.Tests.Privacy.PrivacyFixture;

namespace Functions.Tests.Privacy;

/// <summary>Messages that were in progress at the provider when their recipient was erased.</summary>
public sealed class ErasureWithPendingMessagesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("delivered", "delivered", 1, 0)]
    [InlineData("undelivered", "failed", 0, 1)]
    public async Task A_pending_message_of_an_erased_person_ends_without_the_number(
        string reported, string expectedStatus, int delivered, int failed)
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();
        await world.PumpAsync();
        var message = await world.MessageAsync(campaign);
        await world.EraseAsync(contact);
        Assert.Equal(("queued", world.Hash.Hash(world.Tenant, Phone)), await StateAsync(world, message));

        await world.ReportStatusAsync(message, "sent");
        await world.ReportStatusAsync(message, reported, reported == "undelivered" ? "30008" : null);

        Assert.Equal((expectedStatus, "erased"), await StateAsync(world, message));
        var progress = await world.ProgressAsync(campaign);
        Assert.Equal((0, 1, delivered, failed), (progress.Queued, progress.Sent, progress.Delivered, progress.Failed));
        Assert.Empty(await world.FindAnywhereAsync(Phone[1..]));
    }

    [Fact]
    public async Task A_released_claim_of_an_erased_person_is_canceled()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();
        var message = await world.MessageAsync(campaign);
        var lease = await world.Get<SenderLeases>().TryAcquireAsync(world.SenderId, default);
        var claimed = Assert.Single((await world.Get<ClaimMessages>().RunAsync(lease!, 10, default)).Messages);

        await world.EraseAsync(contact);
        await world.Get<RecordOutcomes>().RunAsync(
            lease!.Sender, [new CompletedCall(claimed, new SendOutcome.SendDeadlinePassed(), 0)], default);

        Assert.Equal(("canceled", "erased"), await StateAsync(world, message));
        var progress = await world.ProgressAsync(campaign);
        Assert.Equal((0, 1), (progress.Queued, progress.Canceled));
        Assert.Empty(await world.FindAnywhereAsync(Phone[1..]));
    }

    [Fact]
    public async Task A_late_opt_out_is_stored_as_hash_and_restored()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();
        await world.PumpAsync();
        var message = await world.MessageAsync(campaign);
        await world.EraseAsync(contact);

        await world.ReportStatusAsync(message, "failed", "21610");

        Assert.Equal([world.Hash.Hash(world.Tenant, Phone)], await world.SuppressedAsync());
        Assert.Empty(await world.FindAnywhereAsync(Phone[1..]));
        await world.ImportAsync(Phone);
        Assert.Equal([Phone], await world.SuppressedAsync());
    }

    [Fact]
    public async Task A_late_opt_out_is_respected_by_the_next_campaign()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();
        await world.PumpAsync();
        var message = await world.MessageAsync(campaign);
        await world.EraseAsync(contact);
        await world.ImportAsync(Phone);

        await world.ReportStatusAsync(message, "failed", "21610");
        var next = await world.CampaignAsync();

        Assert.Equal(1, (await world.ProgressAsync(next)).SkippedBy["opted_out"]);
    }

    [Fact]
    public async Task A_late_opt_out_stops_messages_of_a_running_campaign()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();
        await world.PumpAsync();
        var message = await world.MessageAsync(campaign);
        await world.EraseAsync(contact);
        await world.ImportAsync(Phone);
        var next = await world.CampaignAsync();

        await world.ReportStatusAsync(message, "failed", "21610");
        await world.ExecuteAsync("delete from recipient_pace where tenant_id = @Tenant", new { world.Tenant });
        await world.PumpAsync();

        Assert.Equal([Phone], await world.SuppressedAsync());
        var progress = await world.ProgressAsync(next);
        Assert.Equal((0, 0, 1), (progress.Queued, progress.Sent, progress.SkippedBy["opted_out"]));
    }

    [Fact]
    public async Task Erased_recipients_are_not_looked_up()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone, "+224627654321");
        var campaign = await world.CampaignAsync();
        var (message, other) = (await world.MessageAsync(campaign), await world.MessageAsync(campaign, "+224627654321"));
        await world.ExecuteAsync("""
            update messages set status = 'unknown', attempt = 1, error_code = 'no_answer',
              claimed_at = now() - case id when @message then interval '5 minutes' else interval '4 minutes' end
            where campaign_id = @campaign
            """, new { message, campaign });
        await world.EraseAsync(contact);

        await world.Get<ResolveUnknownOutcomes>().RunAsync(world.SenderId, default);
        Assert.Equal(("unknown", "retry"), ((await StateAsync(world, message)).Status, (await StateAsync(world, other)).Status));

        await world.ExecuteAsync(
            "update messages set claimed_at = now() - interval '25 hours', polled_at = null where id = @message", new { message });
        await world.Get<ResolveUnknownOutcomes>().RunAsync(world.SenderId, default);
        Assert.Equal(("failed", "erased"), await StateAsync(world, message));
    }

    [Fact]
    public async Task A_callback_settles_the_unknown_message_of_an_erased_person()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();
        var message = await world.MessageAsync(campaign);
        await world.ExecuteAsync(
            "update messages set status = 'unknown', attempt = 1, claimed_at = now() where id = @message", new { message });
        await world.EraseAsync(contact);

        await world.ReportStatusAsync(message, "read", sid: "SMlost");

        Assert.Equal(("read", "erased"), await StateAsync(world, message));
        Assert.Equal(1, (await world.ProgressAsync(campaign)).Read);
    }

    [Fact]
    public async Task A_late_report_of_a_lost_attempt_is_redacted()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();
        var message = await world.MessageAsync(campaign);
        await world.ExecuteAsync("update messages set lost_attempt = 1, attempt = 1 where id = @message", new { message });
        await world.PumpAsync();
        await world.ReportStatusAsync(message, "delivered", attempt: 2);

        await world.ReportStatusAsync(message, "delivered", attempt: 1, sid: "SMlost");

        Assert.Equal(2, await world.OneAsync<int>("select attempt from messages where id = @message", new { message }));
        await world.EraseAsync(contact);
        Assert.Empty(await world.FindAnywhereAsync(Phone[1..]));
    }

    [Fact]
    public async Task A_repeated_erasure_redacts_reports_that_an_interrupted_erasure_left()
    {
        await using var world = await CreateAsync(postgres);
        await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();
        await world.PumpAsync();
        var message = await world.MessageAsync(campaign);
        await world.ReportStatusAsync(message, "sending");
        await world.EraseAsync(Phone);
        await world.ExecuteAsync(
            "update webhook_events set payload = payload || jsonb_build_object('To', 'whatsapp:' || @Phone) where tenant_id = @Tenant",
            new { Phone, world.Tenant });

        await world.EraseAsync(Phone);

        Assert.Empty(await world.FindAnywhereAsync(Phone[1..]));
    }

    [Fact]
    public async Task A_report_stored_during_the_erasure_is_redacted()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();
        await world.PumpAsync();
        var message = await world.MessageAsync(campaign);
        var stop = false;
        var sid = await world.OneAsync<string>("select provider_sid from messages where id = @message", new { message });
        var reports = Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var n = 0; !stop; n++)
            {
                await world.ReportStatusAsync(message, $"odd{writer}-{n}", null, Phone, 1, sid, null);
            }
        })));

        await Task.Delay(100);
        await world.EraseAsync(contact);
        await Task.Delay(100);
        stop = true;
        await reports;

        Assert.Empty(await world.FindAnywhereAsync(Phone[1..]));
    }

    private static async Task<(string Status, string Address)> StateAsync(PrivacyFixture world, Guid message) =>
        await world.OneAsync<(string, string)>("select status, contact_address from messages where id = @message", new { message });
}
