using Dapper;
using Microsoft.DurableTask.Engine;
using Microsoft.DurableTask.Store;
using Relais.Kit;

namespace LocalPackages.Tests.Durable;

/// <summary>The store's own promise: what was worked out under a lost lease leaves no trace.</summary>
public sealed class FencingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_step_under_a_lost_lease_writes_nothing()
    {
        await using var hub = await HubDatabase.CreateAsync(postgres);
        var (first, lost) = await ClaimAsync(hub);
        await TakeOverAsync(hub, first);

        await Assert.ThrowsAsync<LeaseLostException>(() => CommitStep.ExecuteAsync(hub.Db, Step(lost), None));

        Assert.Equal(0, await CountAsync(hub, "history"));
        Assert.Equal(0, await CountAsync(hub, "activities"));
        Assert.Equal(0, await CountAsync(hub, "timers"));
    }

    [Fact]
    public async Task The_same_instance_is_claimed_by_one_only_and_again_after_a_takeover()
    {
        await using var hub = await HubDatabase.CreateAsync(postgres);
        var (first, lost) = await ClaimAsync(hub);
        var second = await Workers.JoinAsync(hub.Db, None);

        var (none, elsewhere) = await ClaimInstances.ExecuteAsync(hub.Db, ["i"], second, DateTime.UtcNow, None);
        await TakeOverAsync(hub, first);
        var (again, _) = await ClaimInstances.ExecuteAsync(hub.Db, ["i"], second, DateTime.UtcNow, None);

        Assert.Empty(none);
        Assert.Equal(new Target("i", first), Assert.Single(elsewhere));
        Assert.True(Assert.Single(again).Lease.Epoch > lost.Epoch);
        await CommitStep.ExecuteAsync(hub.Db, Step(again[0].Lease), None);
        Assert.Equal(3, await CountAsync(hub, "history"));
    }

    [Fact]
    public async Task The_result_of_an_activity_counts_for_its_owner_and_once()
    {
        await using var hub = await HubDatabase.CreateAsync(postgres);
        var (first, lease) = await ClaimAsync(hub);
        await CommitStep.ExecuteAsync(hub.Db, Step(lease), None);
        var stale = new ActivityWork(lease.Life, 0, "i", "A", null, first);
        await TakeOverAsync(hub, first);
        var second = await Workers.JoinAsync(hub.Db, None);
        var taken = Assert.Single(await Activities.ClaimAsync(hub.Db, second, 10, None));

        Assert.Null(await Activities.EndAsync(hub.Db, new(stale, EventKind.ActivityCompleted, "1"), None));
        Assert.NotNull(await Activities.EndAsync(hub.Db, new(taken, EventKind.ActivityCompleted, "2"), None));
        Assert.Null(await Activities.EndAsync(hub.Db, new(taken, EventKind.ActivityCompleted, "3"), None));

        Assert.Equal(["2"], await hub.QueryAsync<string>("select payload from inbox"));
    }

    private static async Task<(long Worker, Lease Lease)> ClaimAsync(HubDatabase hub)
    {
        var worker = await Workers.JoinAsync(hub.Db, None);
        await hub.StartAsync("Any", "i", null);
        var (claimed, _) = await ClaimInstances.ExecuteAsync(hub.Db, ["i"], worker, DateTime.UtcNow, None);
        return (worker, Assert.Single(claimed).Lease);
    }

    private static async Task TakeOverAsync(HubDatabase hub, long dead)
    {
        await hub.QueryAsync<int>("update workers set beat = beat - interval '1 hour' where id = @dead", new { dead });
        await Workers.SweepAsync(hub.Db, -1, None);
    }

    private static Step Step(Lease lease)
    {
        var now = Clock.Whole(DateTime.UtcNow);
        Decision[] decisions = [new ActivityDecision(0, "A", null), new TimerDecision(1, now.AddHours(1))];
        return new Step(lease, new RunResult { End = RunEnd.None, Decisions = decisions }, now)
        {
            Events = [new(EventKind.Started, now), .. decisions.Select(d => d.ToEvent(now))],
            FirstSeq = 0,
            Reserved = 1,
        };
    }

    private static async Task<long> CountAsync(HubDatabase hub, string table)
    {
        await using var connection = await hub.Db.OpenAsync(None);
        return await connection.ExecuteScalarAsync<long>($"select count(*) from {table}");
    }
}
