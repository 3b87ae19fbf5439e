using Microsoft.DurableTask.Client;
using Relais.Campaigns;
using Relais.Campaigns.Run;
using Relais.Kit;
using Relais.Platform;

namespace Functions.Tests.Campaigns;

public sealed class CampaignStateTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("start", "draft", "starting")]
    [InlineData("start", "starting", "starting")]
    [InlineData("start", "running", "running")]
    [InlineData("start", "paused", null)]
    [InlineData("start", "finished", null)]
    [InlineData("start", "cancelling", null)]
    [InlineData("pause", "starting", "paused")]
    [InlineData("pause", "running", "paused")]
    [InlineData("pause", "paused", "paused")]
    [InlineData("pause", "draft", null)]
    [InlineData("pause", "cancelled", null)]
    [InlineData("resume", "paused", "starting")]
    [InlineData("resume", "running", "running")]
    [InlineData("resume", "finished", null)]
    [InlineData("resume", "draft", null)]
    [InlineData("cancel", "draft", "cancelled")]
    [InlineData("cancel", "starting", "cancelling")]
    [InlineData("cancel", "running", "cancelling")]
    [InlineData("cancel", "paused", "cancelling")]
    [InlineData("cancel", "cancelling", "cancelling")]
    [InlineData("cancel", "cancelled", "cancelled")]
    [InlineData("cancel", "finished", null)]
    public async Task A_change_is_possible_only_from_some_states_and_is_idempotent(string change, string from, string? to)
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await world.CreateCampaignAsync();
        await world.ExecuteAsync("update campaigns set status = @From where id = @Id", new { Id = id, From = from });

        var result = await ChangeAsync(world, change, id);

        Assert.Equal(to, result.Failure is null ? result.Value.Status : null);
        Assert.Equal(to ?? from, await world.StatusAsync(id));
        if (to is null)
        {
            Assert.Equal((FailureKind.Conflict, "campaign_state"), (result.Failure!.Kind, result.Failure.Code));
            Assert.Equal([from], result.Failure.Faults!["status"]);
        }
    }

    [Fact]
    public async Task A_paused_campaign_with_frozen_recipients_resumes_as_running()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await world.RunningCampaignAsync();
        await ChangeAsync(world, "pause", id);

        Assert.Equal("running", (await ChangeAsync(world, "resume", id)).Value.Status);
        Assert.Equal([$"changed campaign-{id}", $"changed campaign-{id}"], world.Durable.Raised);
    }

    [Fact]
    public async Task Concurrent_starts_start_one_orchestration()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await world.CreateCampaignAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ChangeAsync(world, "start", id)));

        Assert.All(results, result => Assert.Equal("starting", result.Value.Status));
        Assert.Equal([$"RunCampaignV1 campaign-{id}"], world.Durable.Scheduled);
    }

    [Fact]
    public async Task Each_status_change_writes_one_audit_entry()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await world.CreateCampaignAsync();

        foreach (var change in new[] { "start", "start", "pause", "pause", "resume", "cancel", "cancel", "start" })
        {
            await ChangeAsync(world, change, id);
        }

        Assert.Equal(
            [
                "campaign.create by person awa: null -> draft",
                "campaign.start by person awa: draft -> starting",
                "campaign.pause by person awa: starting -> paused",
                "campaign.resume by person awa: paused -> starting",
                "campaign.cancel by person awa: starting -> cancelling",
            ],
            await world.ListAsync<string>("""
                select format('%s by %s %s: %s -> %s', action, actor_kind, actor_id, coalesce(before ->> 'status', 'null'),
                  after ->> 'status')
                from audit where tenant_id = @TenantId and subject_kind = 'campaign' and subject_id = @Id::text order by ctid
                """, new { world.TenantId, Id = id }));
    }

    [Fact]
    public async Task A_campaign_of_another_tenant_is_not_found()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await using var other = await CampaignFixture.CreateAsync(postgres);
        var id = await world.CreateCampaignAsync();

        foreach (var change in new[] { "start", "pause", "resume", "cancel" })
        {
            Assert.Equal("campaign_not_found", (await ChangeAsync(other, change, id)).Failure!.Code);
        }

        Assert.Equal("draft", await world.StatusAsync(id));
    }

    [Fact]
    public async Task An_expired_campaign_does_not_start()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await world.CreateCampaignAsync(world.Request() with { ExpiresAt = FixedClock.Start.AddHours(1) });
        world.Clock.Advance(TimeSpan.FromHours(2));

        Assert.Equal("campaign_expired", (await ChangeAsync(world, "start", id)).Failure!.Code);
    }

    [Fact]
    public async Task A_missing_or_failed_run_is_restarted_within_a_minute()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        world.Durable.IsAway = true;
        var unscheduled = await world.StartCampaignAsync();
        world.Durable.IsAway = false;
        var failed = await world.StartCampaignAsync();
        var running = await world.StartCampaignAsync();
        var draft = await world.CreateCampaignAsync();
        world.Durable.Set(CampaignOrchestrations.InstanceId(failed), OrchestrationRuntimeStatus.Failed);
        world.Durable.Scheduled.Clear();

        await new RestartCampaignRuns(world.SystemDb, world.Runs, world.Log.For<RestartCampaignRuns>())
            .RunAsync(null!, world.Durable, default);

        Assert.Contains($"RunCampaignV1 campaign-{unscheduled}", world.Durable.Scheduled);
        Assert.Contains($"RunCampaignV1 campaign-{failed}", world.Durable.Scheduled);
        Assert.DoesNotContain($"RunCampaignV1 campaign-{running}", world.Durable.Scheduled);
        Assert.DoesNotContain($"RunCampaignV1 campaign-{draft}", world.Durable.Scheduled);
    }

    private static Task<Result<CampaignState>> ChangeAsync(CampaignFixture world, string change, Guid id) => change switch
    {
        "start" => world.Get<StartCampaign>().RunAsync(world.Caller, id, world.Durable, default),
        "pause" => world.Get<PauseCampaign>().RunAsync(world.Caller, id, world.Durable, default),
        "resume" => world.Get<ResumeCampaign>().RunAsync(world.Caller, id, world.Durable, default),
        _ => world.Get<CancelCampaign>().RunAsync(world.Caller, id, world.Durable, default),
    };
}
