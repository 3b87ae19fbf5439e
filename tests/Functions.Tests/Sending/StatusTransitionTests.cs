using FsCheck;
using FsCheck.Fluent;
using Relais.Kit;
using Relais.Sending;

namespace Functions.Tests.Sending;

public sealed class StatusTransitionTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly string[] Ladder = ["accepted", "scheduled", "queued", "sending", "sent", "delivered", "read"];

    [Theory]
    [InlineData("read")]
    [InlineData("delivered")]
    [InlineData("undelivered")]
    [InlineData("failed")]
    public async Task Callbacks_in_any_order_give_the_same_status_and_counters(string end)
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var campaign = await world.CampaignAsync();
        var ids = await world.MessagesAsync(200, campaign);
        await world.ExecuteAsync("update messages set status = 'claimed', attempt = 1 where campaign_id = @campaign", new { campaign });
        string[] path = end switch
        {
            "read" => ["queued", "sending", "sent", "delivered", "read"],
            "delivered" => ["queued", "sent", "delivered"],
            _ => ["queued", "sending", "sent", end],
        };
        var random = new Random(end.Length);
        var reports = ids.SelectMany(id => path.Concat(path).Select(status => Report(world, id, status, status == end ? "30005" : null)))
            .ToArray();
        random.Shuffle(reports);

        foreach (var group in reports.Chunk(97))
        {
            await world.SystemDb.RunAsync(tx => ApplyStatusReports.RunAsync(tx, group, DateTimeOffset.UtcNow, random, default), default);
        }

        Assert.Equal(
            200,
            await world.OneAsync<int>(
                "select count(*)::int from messages where campaign_id = @campaign and status = @end", new { campaign, end }));
        var expected = new Dictionary<string, long> { ["queued"] = -200, ["sent"] = 200 };
        if (end is "read" or "delivered")
        {
            expected["delivered"] = 200;
        }

        expected[end is "read" or "delivered" ? end : "failed"] = 200;
        if (end is "failed" or "undelivered")
        {
            expected["failed:30005"] = 200;
        }

        Assert.Equal(expected, await world.CountersAsync(campaign));
    }

    [Fact]
    public async Task Message_events_never_lower_the_status_rank()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var ids = await world.MessagesAsync(50);
        await world.ExecuteAsync("update messages set status = 'claimed', attempt = 1 where tenant_id = @Tenant", new { world.Tenant });
        var random = new Random(5);
        var reports = ids.SelectMany(id => Enumerable.Range(0, 12).Select(_ => Report(world, id, Ladder[random.Next(Ladder.Length)], null)))
            .ToArray();
        random.Shuffle(reports);
        foreach (var group in reports.Chunk(60))
        {
            await world.SystemDb.RunAsync(tx => ApplyStatusReports.RunAsync(tx, group, DateTimeOffset.UtcNow, random, default), default);
        }

        var ranks = await world.ListAsync<(Guid Id, short[] Ranks)>(
            // Order by transaction and command: the physical place of a row says nothing about the time of its insert.
            """
            select message_id, array_agg(status_rank(status) order by xmin::text::bigint, cmin::text::bigint) from message_events
              where tenant_id = @Tenant group by message_id
            """,
            new { world.Tenant });
        Assert.NotEmpty(ranks);
        Assert.All(ranks, row => Assert.Equal(row.Ranks.Distinct().Order(), row.Ranks));
    }

    [Fact]
    public async Task Concurrent_groups_over_the_same_messages_count_each_change_once()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var campaign = await world.CampaignAsync();
        var ids = await world.MessagesAsync(100, campaign);
        await world.ExecuteAsync("update messages set status = 'claimed', attempt = 1 where campaign_id = @campaign", new { campaign });

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async n =>
        {
            var random = new Random(n);
            var reports = ids.SelectMany(id => new[] { Report(world, id, "sent", null), Report(world, id, "delivered", null) }).ToArray();
            random.Shuffle(reports);
            await world.SystemDb.RunAsync(tx => ApplyStatusReports.RunAsync(tx, reports, DateTimeOffset.UtcNow, random, default), default);
        }));

        Assert.Equal(
            new Dictionary<string, long> { ["queued"] = -100, ["sent"] = 100, ["delivered"] = 100 }, await world.CountersAsync(campaign));
    }

    [Fact]
    public async Task A_callback_of_a_failed_attempt_leaves_the_retry_waiting()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var id = Assert.Single(await world.MessagesAsync(1));
        await world.ExecuteAsync("update messages set status = 'claimed', attempt = 1 where id = @id", new { id });
        await ApplyAsync(world, Report(world, id, "failed", "30008"));
        Assert.Equal("retry", await world.StatusAsync(id));

        await ApplyAsync(world, Report(world, id, "sent", null));

        Assert.Equal("retry", await world.StatusAsync(id));
    }

    [Fact]
    public async Task A_report_with_an_unknown_SID_is_unmatched()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var report = Report(world, Guid.Empty, "sent", null) with { MessageId = null, Attempt = null };

        var applied = await world.SystemDb.RunAsync(
            tx => ApplyStatusReports.RunAsync(tx, [report], DateTimeOffset.UtcNow, Random.Shared, default), default);

        Assert.Equal([report.EventId], applied.UnmatchedEventIds);
    }

    [Fact]
    public async Task FieldTrial_F01_Delivered_and_undelivered_callbacks_in_one_group_are_all_recorded()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var ids = await world.MessagesAsync(4);
        await world.ExecuteAsync("update messages set status = 'sent', attempt = 1 where tenant_id = @Tenant", new { world.Tenant });
        var reports = ids.Select((id, n) => n < 3 ? Report(world, id, "delivered", null) : Report(world, id, "undelivered", "30003"))
            .ToArray();

        await world.SystemDb.RunAsync(
            tx => ApplyStatusReports.RunAsync(tx, reports, DateTimeOffset.UtcNow, Random.Shared, default), default);

        Assert.Equal(
            ["delivered", "delivered", "delivered", "retry"],
            await world.ListAsync<string>("select status from messages where id = any(@ids) order by id", new { ids = ids.ToArray() }));
    }

    [Fact]
    public async Task FieldTrial_F01_Any_mix_of_transitions_with_and_without_error_codes_is_recorded()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        string[] outcomes =
            [
                "delivered", "undelivered:30003", "failed:30005", "failed", "sent", "undelivered", "failed:20429", "canceled", "read",
            ];
        var mixes = Gen.ListOf(Gen.Elements(outcomes)).Where(list => list.Count is > 0 and < 25).ToArbitrary();

        Prop.ForAll(mixes, mix => ReportAsync(world, [.. mix]).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    /// <returns>True when every message has the status of its own report.</returns>
    private static async Task<bool> ReportAsync(SendingFixture world, string[] mix)
    {
        var ids = await world.MessagesAsync(mix.Length);
        await world.ExecuteAsync("update messages set status = 'claimed', attempt = 1 where id = any(@ids)", new { ids = ids.ToArray() });
        var reports = mix.Select((outcome, n) =>
            Report(world, ids[n], outcome.Split(':')[0], outcome.Contains(':', StringComparison.Ordinal) ? outcome.Split(':')[1] : null))
            .ToArray();

        await world.SystemDb.RunAsync(
            tx => ApplyStatusReports.RunAsync(tx, reports, DateTimeOffset.UtcNow, Random.Shared, default), default);

        var ended = await world.ListAsync<string>(
            "select status from messages where id = any(@ids) order by id", new { ids = ids.ToArray() });
        return ended.SequenceEqual(
            mix.Select(outcome => outcome is "undelivered:30003" or "failed:20429" ? "retry" : outcome.Split(':')[0]));
    }

    private static Task<AppliedStatuses> ApplyAsync(SendingFixture world, StatusReport report) =>
        world.SystemDb.RunAsync(tx => ApplyStatusReports.RunAsync(tx, [report], DateTimeOffset.UtcNow, Random.Shared, default), default);

    private static StatusReport Report(SendingFixture world, Guid id, string status, string? code) =>
        new(world.Tenant, Guid.CreateVersion7(), id, 1, $"SM{id:N}", status, code, DateTimeOffset.UtcNow);
}
