using System.Diagnostics;
using DurableHost;
using Microsoft.DurableTask.Client;
using Relais.Kit;
using Xunit.Abstractions;

namespace LocalPackages.Tests.Durable;

/// <summary>Processes that die, freeze and share. Nothing is lost, and every result counts once.</summary>
public sealed class CrashTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Work_goes_on_after_kills_at_any_point_and_each_result_counts_once()
    {
        await using var hub = await HubDatabase.CreateAsync(postgres);
        var random = new Random(7);
        for (var i = 0; i < 20; i++)
        {
            await hub.StartAsync(nameof(Work.RunWork), $"work-{i}", new WorkSpec(4, 3, 40));
        }

        var kills = 0;
        for (var start = 0; start < 5; start++)
        {
            await using var host = HostProcess.Start(hub.Database.Durable);
            var before = (await hub.JournalAsync<string>("token")).Count;

            // A test that is held up between two kills may find that all the work is done.
            await Wait.UntilAsync(
                async () => (await hub.JournalAsync<string>("token")).Count > before || await hub.AllEndedAsync("work-"), Long);
            await Task.Delay(random.Next(50, 400));
            await host.KillAsync();
            kills += await hub.AllEndedAsync("work-") ? 0 : 1;
        }

        Assert.InRange(kills, 1, 5);
        await using var last = HostProcess.Start(hub.Database.Durable);
        await Wait.UntilAsync(() => hub.AllEndedAsync("work-"), Long);
        await AssertWholeAsync(hub, 20, 4, 3);
    }

    [Fact]
    public async Task Two_processes_share_the_work_and_the_survivor_finishes_it_soon()
    {
        await using var hub = await HubDatabase.CreateAsync(postgres);
        await using var one = HostProcess.Start(hub.Database.Durable);
        await using var two = HostProcess.Start(hub.Database.Durable);
        await Wait.UntilAsync(async () => (await hub.QueryAsync<long>("select id from workers")).Count == 2, Long);
        for (var i = 0; i < 40; i++)
        {
            await hub.StartAsync(nameof(Work.RunWork), $"work-{i}", new WorkSpec(4, 3, 30));
        }

        await Wait.UntilAsync(async () => (await hub.JournalAsync<int>("distinct process")).Count == 2, Long);
        await one.KillAsync();
        var watch = Stopwatch.StartNew();
        await Wait.UntilAsync(
            async () => (await hub.QueryAsync<long>("select w.id from workers w")).Count == 1, TimeSpan.FromSeconds(20));
        output.WriteLine($"leases of the killed process free after {watch.ElapsedMilliseconds} ms");
        await Wait.UntilAsync(() => hub.AllEndedAsync("work-"), Long);

        await AssertWholeAsync(hub, 40, 4, 3);
        await AssertNeverTwiceAtOnceAsync(hub);
    }

    [Fact]
    public async Task A_frozen_process_loses_its_leases_and_cannot_commit_when_it_wakes()
    {
        await using var hub = await HubDatabase.CreateAsync(postgres);
        await using var frozen = HostProcess.Start(hub.Database.Durable);
        for (var i = 0; i < 10; i++)
        {
            await hub.StartAsync(nameof(Work.RunWork), $"work-{i}", new WorkSpec(6, 2, 300));
        }

        await Wait.UntilAsync(async () => (await hub.JournalAsync<string>("token")).Count > 10, Long);
        await frozen.FreezeAsync();
        await using var other = HostProcess.Start(hub.Database.Durable);
        await Wait.UntilAsync(
            async () => (await hub.QueryAsync<int>("select process from public.journal where process = @Id", new { other.Id })).Count > 0, Long);
        await frozen.ThawAsync();
        await Wait.UntilAsync(() => hub.AllEndedAsync("work-"), Long);

        await AssertWholeAsync(hub, 10, 6, 2);
        await Wait.UntilAsync(async () => (await hub.QueryAsync<long>("select id from workers")).Count == 2, Long);
    }

    [Fact]
    public async Task A_stopped_process_gives_its_leases_back_and_leaves()
    {
        await using var hub = await HubDatabase.CreateAsync(postgres);
        await using var host = HostProcess.Start(hub.Database.Durable);
        await hub.StartAsync(nameof(Work.RunWork), "work", new WorkSpec(3, 0, 700));
        await Wait.UntilAsync(async () => (await hub.JournalAsync<string>("token")).Count > 0, Long);

        var code = await host.TerminateAsync();

        Assert.Equal(0, code);
        Assert.Empty(await hub.QueryAsync<long>("select id from workers"));
        Assert.Empty(await hub.QueryAsync<string>("select id from instances where owner is not null"));
        Assert.Empty(await hub.QueryAsync<int>("select task from activities where owner is not null"));

        await using var next = HostProcess.Start(hub.Database.Durable);
        await Wait.UntilAsync(() => hub.AllEndedAsync(), Long);
        await AssertWholeAsync(hub, 1, 3, 0);
    }

    private static async Task AssertWholeAsync(HubDatabase hub, int instances, int steps, int fan)
    {
        var ran = (await hub.QueryAsync<string>("select token from public.journal where what = 'activity'")).ToHashSet();
        var ended = (await hub.AllAsync("work")).Where(i => i.InstanceId.StartsWith("work", StringComparison.Ordinal)).ToList();
        Assert.Equal(instances, ended.Count);
        var expected = Enumerable.Range(0, steps).Select(i => $"step {i}").ToList();
        var all = fan == 0 ? expected : [.. expected, .. Enumerable.Range(0, fan).Select(i => $"fan {i}"), .. expected];
        foreach (var instance in ended)
        {
            Assert.Equal(OrchestrationRuntimeStatus.Completed, instance.RuntimeStatus);
            var tokens = instance.ReadOutputAs<List<string>>()!;
            Assert.Equal(all, tokens.Select(t => t.Split('|')[0]));
            Assert.Equal(tokens.Count, tokens.Distinct().Count());
            Assert.All(tokens, token => Assert.Contains(token, ran));
        }

        Assert.Empty(await hub.QueryAsync<int>("select task from activities"));
        Assert.Empty(await hub.QueryAsync<int>("select task from timers"));
        Assert.Empty(await hub.QueryAsync<long>("select seq from inbox"));
    }

    private static async Task AssertNeverTwiceAtOnceAsync(HubDatabase hub)
    {
        var overlaps = await hub.QueryAsync<string>(
            """
            select a.instance
            from public.journal a
            join public.journal b on b.instance = a.instance and b.process <> a.process and b.begun < a.ended and a.begun < b.ended
            where a.what = 'orchestrator' and b.what = 'orchestrator'
            """);
        Assert.Empty(overlaps);
    }
}
