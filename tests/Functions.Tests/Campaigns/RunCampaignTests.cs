using Relais.Campaigns;
using Relais.Campaigns.Run;
using Relais.Kit;

namespace Functions.Tests.Campaigns;

public sealed class RunCampaignTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_campaign_freezes_wakes_its_sender_waits_and_closes()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 70);
        var id = await world.StartCampaignAsync();

        var run = await InlineOrchestration.RunAsync(world, id, async _ =>
        {
            await world.MarkAsync(id, "delivered", world.Clock.Now);
            await world.ExecuteAsync("update campaign_counters set value = 0 where campaign_id = @Id and name = 'queued'", new { Id = id });
            await world.ExecuteAsync(
                "insert into campaign_counters values (@Id, 'delivered', 0, @TenantId, 70)", new { Id = id, world.TenantId });
            return false;
        });

        Assert.Equal(
            ["FreezeRecipients", "FreezeRecipients", "FreezeRecipients", "WakeCampaignSender", "wait 2", "CloseCampaign"],
            run.Steps.Where(step => step != "ReadProgress"));
        Assert.Equal("finished", await world.StatusAsync(id));
        var statistics = (await world.Get<GetStatistics>().RunAsync(world.TenantId, id, default)).Value;
        Assert.True(statistics.Final);
        Assert.Equal(
            (70, 1.0, 2),
            (statistics.AtFinish!.Progress.Delivered, statistics.AtFinish.DeliveryRate, statistics.AtFinish.DurationSeconds));
    }

    [Fact]
    public async Task A_campaign_closes_after_the_final_status_timeout()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 3);
        var id = await world.RunningCampaignAsync();
        await world.MarkAsync(id, "sent", world.Clock.Now);

        var run = await InlineOrchestration.RunAsync(world, id);

        Assert.Equal("finished", await world.StatusAsync(id));
        Assert.InRange(world.Clock.Now - FixedClock.Start, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(16));
        Assert.True(run.Generations > 2, "the history was cut");
    }

    [Fact]
    public async Task FieldTrial_F03_A_stuck_campaign_is_polled_once_a_minute()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 3);
        var id = await world.RunningCampaignAsync();

        var run = await InlineOrchestration.RunAsync(world, id, async _ =>
        {
            if (world.Clock.Now >= FixedClock.Start.AddHours(8))
            {
                await world.MarkAsync(id, "delivered", world.Clock.Now);
            }

            return false;
        });

        Assert.InRange(run.Steps.Count(step => step == "ReadProgress"), 480, 490);
        Assert.Equal("finished", await world.StatusAsync(id));
    }

    [Theory]
    [InlineData("claimed")]
    [InlineData("unknown")]
    [InlineData("retry")]
    public async Task A_campaign_stays_open_while_a_message_is_in_progress(string status)
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 1);
        var id = await world.RunningCampaignAsync();
        await world.MarkAsync(id, status, world.Clock.Now);
        var waits = 0;

        await InlineOrchestration.RunAsync(world, id, async _ =>
        {
            if (world.Clock.Now > FixedClock.Start.AddMinutes(20) && ++waits == 1)
            {
                Assert.Equal("running", await world.StatusAsync(id));
                await world.ExecuteAsync("update messages set status = 'failed' where campaign_id = @Id", new { Id = id });
            }

            return false;
        });

        Assert.Equal((1, "finished"), (waits, await world.StatusAsync(id)));
    }

    [Fact]
    public async Task Cancelling_cancels_unclaimed_messages_in_pages()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 4_500);
        var id = await world.RunningCampaignAsync();
        await world.ExecuteAsync("""
            update messages set status = 'retry' where id in (select id from messages where campaign_id = @Id order by id limit 10);
            update messages set status = 'delivered'
              where id in (select id from messages where campaign_id = @Id and status = 'pending' order by id limit 100)
            """, new { Id = id });
        var cancelled = false;

        var run = await InlineOrchestration.RunAsync(world, id, async _ =>
        {
            var first = !cancelled;
            if (first)
            {
                Assert.Equal(
                    "cancelling",
                    (await world.Get<CancelCampaign>().RunAsync(
                        world.Caller, id, world.Durable, default)).Value.Status);
            }

            cancelled = true;
            return first;
        });

        var progress = await world.ProgressAsync(id);
        Assert.Equal(("cancelled", 4_400L), (await world.StatusAsync(id), progress.Canceled));
        Assert.Equal(100, progress.Queued); // the counters do not know the messages that were marked as delivered above
        Assert.Equal(3, run.Steps.Count(step => step == "CancelPendingMessages"));
        Assert.Equal(
            4_400,
            await world.OneAsync<int>(
                """
                select count(*) from message_events e join messages m on m.id = e.message_id
                where m.campaign_id = @Id and e.status = 'canceled'
                """,
                new { Id = id }));
    }

    [Fact]
    public async Task FieldTrial_F02_A_message_that_cannot_be_cancelled_does_not_block_the_others()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 40);
        var id = await world.RunningCampaignAsync();
        await world.ExecuteAsync("update campaigns set status = 'cancelling' where id = @Id", new { Id = id });
        var faulty = await world.OneAsync<Guid>(
            "select id from messages where campaign_id = @Id order by id offset 17 limit 1", new { Id = id });
        await world.ExecuteAsync($"""
            create function refuse_{id:N}() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
            create trigger refuse_{id:N} before update on messages for each row when (old.id = '{faulty}') execute function refuse_{id:N}();
            """);
        var cancel = world.Get<CancelPendingMessages>();

        await cancel.RunAsync(world.Run(id), default);

        Assert.Equal(
            39,
            await world.OneAsync<int>(
                "select count(*)::int from messages where campaign_id = @Id and status = 'canceled'", new { Id = id }));
        await Assert.ThrowsAsync<InvalidOperationException>(() => cancel.RunAsync(world.Run(id), default));
        await world.ExecuteAsync($"drop trigger refuse_{id:N} on messages");
        await cancel.RunAsync(world.Run(id), default);
        Assert.Equal(
            40,
            await world.OneAsync<int>(
                "select count(*)::int from messages where campaign_id = @Id and status = 'canceled'", new { Id = id }));
    }

    [Fact]
    public async Task A_paused_campaign_waits_for_the_resume_event()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 40);
        var id = await world.StartCampaignAsync();
        await world.Get<PauseCampaign>().RunAsync(world.Caller, id, world.Durable, default);
        var waits = 0;

        var run = await InlineOrchestration.RunAsync(world, id, async _ =>
        {
            if (++waits < 5)
            {
                Assert.Equal(0, (await world.ProgressAsync(id)).Planned);
                return false;
            }

            if (waits == 5)
            {
                Assert.Equal(
                    "starting",
                    (await world.Get<ResumeCampaign>().RunAsync(
                        world.Caller, id, world.Durable, default)).Value.Status);
                return true;
            }

            await world.MarkAsync(id, "delivered", world.Clock.Now);
            return false;
        });

        Assert.Equal(("finished", 40L), (await world.StatusAsync(id), (await world.ProgressAsync(id)).Planned));
        Assert.Equal(FixedClock.Start.AddMinutes(4).AddSeconds(1), world.Clock.Now, TimeSpan.FromSeconds(2));
        Assert.Contains("WakeCampaignSender", run.Steps);
    }

    [Fact]
    public async Task A_scheduled_campaign_freezes_no_recipients_early()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 1);
        var id = await world.StartCampaignAsync(world.Request() with { ScheduledAt = FixedClock.Start.AddHours(20) });

        var run = await InlineOrchestration.RunAsync(world, id, async _ =>
        {
            if (world.Clock.Now >= FixedClock.Start.AddHours(20))
            {
                await world.MarkAsync(id, "delivered", world.Clock.Now);
            }

            return false;
        });

        Assert.Equal(["ReadProgress", "wait 43200", "ReadProgress", "wait 28800", "ReadProgress", "FreezeRecipients"], run.Steps.Take(6));
        Assert.Equal("finished", await world.StatusAsync(id));
    }

    [Fact]
    public async Task A_run_of_a_finished_campaign_ends_without_changes()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await world.CreateCampaignAsync();
        await world.ExecuteAsync("update campaigns set status = 'finished', statistics = '{}' where id = @Id", new { Id = id });

        var run = await InlineOrchestration.RunAsync(world, id);

        Assert.Equal(["ReadProgress", "CloseCampaign"], run.Steps);
        Assert.Equal("{}", await world.OneAsync<string>("select statistics::text from campaigns where id = @Id", new { Id = id }));
    }
}
