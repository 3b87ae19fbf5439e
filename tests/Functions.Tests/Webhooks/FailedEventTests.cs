using Relais.Kit;
using Relais.Platform.Http;
using Relais.Webhooks;
using Relais.Webhooks.Failed;

namespace Functions.Tests.Webhooks;

/// <summary>Events whose processing fails are retried, and a STOP among them still counts.</summary>
public sealed class FailedEventTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    /// <summary>Adds a trigger that rejects every inbound message of this tenant.</summary>
    private const string RejectMessages = """
        create or replace function refuse_messages() returns trigger language plpgsql as $$
        begin
          if new.direction = 'in' and exists (select from tenants where id = new.tenant_id and name = 'broken') then
            raise exception 'rejected by the test' using errcode = '22023';
          end if;
          return new;
        end $$;
        create or replace trigger refuse_messages before insert on messages for each row execute function refuse_messages();
        update tenants set name = 'broken' where id = @TenantId;
        """;

    [Fact]
    public async Task Review_B18_A_stop_is_recorded_although_its_message_cannot_be_processed()
    {
        await using var world = await InboundFixture.CreateAsync(postgres);
        await world.ExecuteAsync(RejectMessages, new { world.TenantId });

        // Neither storing nor processing records the opt-out in its own transaction.
        var stop = await world.StoreUnprocessedAsync(world.Fields(("Body", "STOP")));
        Assert.Empty(await world.SuppressedAsync());
        await world.Process.RunAsync(stop, default);
        await world.Process.RunAsync(stop, default);

        Assert.Equal([InboundFixture.ContactNumber], await world.SuppressedAsync());
        Assert.Equal(["opt_out keyword"], await world.ConsentHistoryAsync());
        Assert.Equal(("pending", "PostgresException 22023"), await world.StateAsync(stop));

        await StopRejectingAsync(world);
        await world.Process.RunAsync(stop, default);
        Assert.Equal(["opt_out keyword"], await world.ConsentHistoryAsync());
        Assert.Equal("done", (await world.StateAsync(stop)).State);
        Assert.Equal(1, (await world.ProgressAsync(world.CampaignId)).OptedOut);
    }

    [Fact]
    public async Task Review_B18_An_event_that_fails_too_often_is_failed_with_its_reason_and_without_personal_data()
    {
        await using var world = await InboundFixture.CreateAsync(postgres);
        await world.ExecuteAsync(RejectMessages, new { world.TenantId });
        var id = await world.StoreAsync(world.Fields(("Body", "Bonjour")));

        for (var attempt = 1; attempt < EventRetrySchedule.MaxAttempts; attempt++)
        {
            await world.Process.RunAsync(id, default);
            Assert.Equal("pending", (await world.StateAsync(id)).State);
        }

        await world.Process.RunAsync(id, default);

        Assert.Equal(("failed", "PostgresException 22023"), await world.StateAsync(id));
        Assert.Contains(
            world.Log.Entries,
            entry => entry.Contains($"Webhook event {id} of tenant {world.TenantId} failed 20 times", StringComparison.Ordinal));
        await StopRejectingAsync(world);
        await world.Process.RunAsync(id, default);
        Assert.Equal("failed", (await world.StateAsync(id)).State);
    }

    [Fact]
    public async Task Review_B18_The_delay_grows_with_every_attempt()
    {
        await using var world = await InboundFixture.CreateAsync(postgres);
        await world.ExecuteAsync(RejectMessages, new { world.TenantId });
        var id = await world.StoreAsync(world.Fields());
        var delays = new List<TimeSpan>();

        for (var attempt = 1; attempt <= 12; attempt++)
        {
            await world.Process.RunAsync(id, default);
            delays.Add(
                await world.OneAsync<DateTime>(
                    "select next_attempt_at from webhook_events where id = @id", new { id }) - world.Clock.Now.UtcDateTime);
        }

        Assert.Equal([5, 20, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600], delays.Select(delay => (int)delay.TotalSeconds));
    }

    [Fact]
    public async Task Review_B18_An_event_whose_last_attempt_was_interrupted_is_failed_by_the_sweep()
    {
        await using var world = await InboundFixture.CreateAsync(postgres);
        var id = await world.StoreAsync(world.Fields());
        await world.ExecuteAsync(
            "update webhook_events set attempts = @MaxAttempts where id = @id", new { id, EventRetrySchedule.MaxAttempts });

        await world.Sweep.RunAsync(default);
        Assert.Equal("pending", (await world.StateAsync(id)).State);
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.Sweep.RunAsync(default);

        Assert.Equal(("failed", "Interrupted"), await world.StateAsync(id));
    }

    [Fact]
    public async Task Review_B18_A_missing_queue_does_not_prevent_the_effect()
    {
        await using var world = await InboundFixture.CreateAsync(postgres);

        // The reply wakes the sender, but the test has no queue for the wake message.
        var id = await world.StoreAndProcessAsync(world.Fields(("Body", "oui")));

        Assert.Equal("done", (await world.StateAsync(id)).State);
        Assert.Equal(1, await world.FollowUpCountAsync());
    }

    [Fact]
    public async Task Review_B18_An_operator_lists_and_retries_the_failed_events_of_the_own_tenant()
    {
        await using var world = await InboundFixture.CreateAsync(postgres);
        await using var other = await InboundFixture.CreateAsync(postgres);
        var ids = new List<Guid>();
        foreach (var fixture in new[] { world, world, world, other })
        {
            ids.Add(await fixture.StoreAsync(fixture.Fields()));
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await world.ExecuteAsync(
            "update webhook_events set state = 'failed', attempts = 20, last_error = 'PostgresException 22023' where id = any(@ids)",
            new { ids = ids.ToArray() });
        var list = world.Get<ListFailedEvents>();
        var retry = world.Get<RetryFailedEvents>();

        var first = await list.RunAsync(world.TenantId, new PageQuery(null, 2), default);
        var second = await list.RunAsync(world.TenantId, new PageQuery(first.Next, 2), default);
        Assert.Equal(ids[..3], first.Events.Concat(second.Events).Select(item => item.Id));
        Assert.Equal((ids[1], null), (first.Next, second.Next));
        Assert.All(first.Events, item => Assert.Equal(("inbound", 20, "PostgresException 22023"), (item.Kind, item.Attempts, item.Reason)));

        Assert.Equal("webhook_event_not_found", (await retry.RetryOneAsync(world.Caller, ids[3], default)).Failure?.Code);
        Assert.Equal(1, (await retry.RetryOneAsync(world.Caller, ids[0], default)).Value.Retried);
        Assert.Equal(0, (await retry.RetryOneAsync(world.Caller, ids[0], default)).Value.Retried);
        await world.Process.RunAsync(ids[0], default);
        Assert.Equal("webhook_event_state", (await retry.RetryOneAsync(world.Caller, ids[0], default)).Failure?.Code);
        Assert.Equal(new RetryFailedEvents.Output(2, false), await retry.RetryAllAsync(world.Caller, default));
        await world.Process.RunAsync(ids[1], default);

        Assert.Equal(
            ["done", "done", "pending", "failed"],
            await world.ListAsync<string>(
                "select state from webhook_events where id = any(@ids) order by array_position(@ids, id)", new { ids = ids.ToArray() }));
        Assert.Equal(
            2,
            await world.OneAsync<int>(
                "select count(*)::int from audit where tenant_id = @TenantId and action = 'webhook_event.retry'",
                new { world.TenantId }));
        Assert.Equal(
            0, (await world.ListAsync<int>("select attempts from webhook_events where id = @id", new { id = ids[2] })).Single());
    }

    private static Task<int> StopRejectingAsync(InboundFixture world) =>
        world.ExecuteAsync("update tenants set name = 'mended' where id = @TenantId", new { world.TenantId });
}
