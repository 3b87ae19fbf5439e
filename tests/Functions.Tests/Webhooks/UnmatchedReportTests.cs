using Relais.Channels;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Platform.Http;
using Relais.Webhooks;

namespace Functions.Tests.Webhooks;

public sealed class UnmatchedReportTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static int sids;

    [Theory]
    [InlineData(1, 7, "done")]
    [InlineData(14, 7, "done")]
    [InlineData(16, 7, "unmatched")]
    [InlineData(16, 0, "done")]
    [InlineData((3 * 24 * 60) - 1, 0, "done")]
    public async Task Review_B05_An_unmatched_report_is_retried_every_minute_and_later_every_hour(
        int ageMinutes, int minuteOfTheHour, string state)
    {
        await using var world = await InboundFixture.CreateAsync(postgres);
        var (id, sid) = await StoreUnmatchedAsync(world);
        await AdvanceAsync(world, ageMinutes, minuteOfTheHour);
        await world.ExecuteAsync(
            "update messages set provider_sid = @sid where campaign_id = @CampaignId", new { sid, world.CampaignId });

        await world.Sweep.RunAsync(default);

        Assert.Equal(state, (await world.StateAsync(id)).State);
    }

    [Fact]
    public async Task Review_B05_An_unmatched_report_is_ignored_after_three_days()
    {
        await using var world = await InboundFixture.CreateAsync(postgres);
        var (old, _) = await StoreUnmatchedAsync(world);
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        var (young, _) = await StoreUnmatchedAsync(world);

        world.Clock.Advance(SweepWebhooks.MaxUnmatchedAge - TimeSpan.FromMinutes(1));
        await world.Sweep.RunAsync(default);

        Assert.Equal(("ignored", "no_message_has_the_sid"), await world.StateAsync(old));
        Assert.Equal("unmatched", (await world.StateAsync(young)).State);
    }

    [Theory]
    [InlineData(SweepWebhooks.ExpireUnmatched, "webhook_events_unmatched_received")]
    [InlineData(SweepWebhooks.SelectMatchableSids, "webhook_events_unmatched_received")]
    [InlineData(SweepWebhooks.SelectDueEvents, "webhook_events_due")]
    public async Task Review_B05_The_sweep_reads_by_index(string sql, string index)
    {
        await using var world = await InboundFixture.CreateAsync(postgres);
        var now = world.Clock.Now.UtcDateTime;

        var plan = string.Join('\n', await world.SystemDb.RunAsync(async tx =>
        {
            // The test table is empty. Disable sequential scans to get the plan of a large table.
            await tx.ExecuteAsync("set local enable_seqscan = off", null, default);
            return await tx.QueryAsync<string>(
                $"explain {sql}", new { Now = now, Since = now, Before = now, EventRetrySchedule.MaxAttempts }, default);
        }, default));

        Assert.Contains(index, plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Hash Join", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Merge Join", plan, StringComparison.Ordinal);
    }

    private static async Task<(Guid Id, string Sid)> StoreUnmatchedAsync(InboundFixture world)
    {
        var now = world.Clock.GetUtcNow();
        var sid = $"SMearly{Interlocked.Increment(ref sids):d25}";
        var payload = Json.Write(
            new Dictionary<string, string> { ["MessageSid"] = sid, ["MessageStatus"] = "read", ["To"] = "+224620000009" });
        var received = new WebhookEvent(
            Guid.CreateVersion7(now), world.TenantId, "twilio", WebhookEvent.StatusKind, sid, "read", payload, now);
        await world.Get<EventStore>().StoreBatchAsync([received], default);
        Assert.Equal("unmatched", (await world.StateAsync(received.Id)).State);
        return (received.Id, sid);
    }

    /// <summary>Advances the clock to this minute of an hour and sets the age of the event.</summary>
    private static async Task AdvanceAsync(InboundFixture world, int ageMinutes, int minuteOfTheHour)
    {
        var clock = world.Clock;
        clock.Advance(TimeSpan.FromMinutes(((minuteOfTheHour - clock.Now.Minute + 60) % 60) + 6000));
        await world.ExecuteAsync(
            "update webhook_events set received_at = @At where tenant_id = @TenantId and state = 'unmatched'",
            new { At = clock.Now.AddMinutes(-ageMinutes).UtcDateTime, world.TenantId });
    }
}
