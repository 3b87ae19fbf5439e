using Dapper;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Engine;
using Microsoft.DurableTask.Store;
using Npgsql;
using Relais.Kit;

namespace LocalPackages.Tests.Durable;

/// <summary>
/// News must reach its instance, and a change its waiting client, without the regular look around: it comes too late in these tests.
/// </summary>
public sealed class WakeUpTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly SemaphoreSlim MayEnd = new(0);

    private static readonly TestFunctions Functions = new TestFunctions()
        .Orchestrator("Collect", async context =>
        {
            var got = new List<int>();
            while (got.Count < context.GetInput<int>())
            {
                got.Add(await context.WaitForExternalEvent<int>("e"));
            }

            return got;
        })
        .Activity<int, int>("Wait", async _ =>
        {
            await MayEnd.WaitAsync();
            return 0;
        })
        .Orchestrator("Busy", async context =>
        {
            _ = context.CallActivityAsync<int>("Wait", 0);
            return await context.WaitForExternalEvent<int>("e");
        });

    [Fact]
    public async Task News_that_comes_while_this_process_claims_the_instance_is_read()
    {
        await using var world = await World.CreateAsync(postgres);
        var hub = await world.StartHubAsync();
        await world.InsertInstanceAsync("i", "Collect", 2);
        await world.InsertEventAsync("i", 1);
        await using var gate = await ReadGate.CloseAsync(world.Database.Superuser, "inbox");
        hub.Hub.Dispatcher.Wake("i");
        await Wait.UntilAsync(() => gate.HasStoppedAsync("cross join lateral"));

        await world.InsertEventAsync("i", 2);
        hub.Hub.Dispatcher.Wake("i");
        await gate.OpenAsync();

        Assert.Equal("[1,2]", (await hub.EndAsync("i")).SerializedOutput);
    }

    [Fact]
    public async Task An_instance_that_its_holder_releases_during_a_claim_is_claimed_again()
    {
        await using var world = await World.CreateAsync(postgres);
        var hub = await world.StartHubAsync();
        await world.InsertInstanceAsync("i", "Collect", 1);
        hub.Hub.Dispatcher.Wake("i");
        await Wait.UntilAsync(() => world.OneAsync<bool>("select status = 0 and owner is null from durable_tests.instances"));
        await world.ExecuteAsync("""
            insert into durable_tests.workers (beat, machine) values (now() + interval '1 hour', 'holder');
            update durable_tests.instances set owner = (select id from durable_tests.workers where machine = 'holder');

            create function public.release() returns trigger language plpgsql security definer as $$
            begin
              if pg_trigger_depth() = 1 and strpos(current_query(), 'with ready') > 0 then
                update durable_tests.instances i set owner = null from durable_tests.workers w where w.id = i.owner and w.machine = 'holder';
              end if;
              return null;
            end $$;
            create trigger release after update on durable_tests.instances for each statement execute function public.release();
            """);
        await world.InsertEventAsync("i", 1);

        hub.Hub.Dispatcher.Wake("i");

        Assert.Equal("[1]", (await hub.EndAsync("i")).SerializedOutput);
    }

    [Fact]
    public async Task News_of_an_instance_that_is_resumed_while_it_is_set_aside_is_read()
    {
        await using var world = await World.CreateAsync(postgres);
        var hub = await world.StartHubAsync();
        await world.InsertInstanceAsync("i", "Busy");
        hub.Hub.Dispatcher.Wake("i");
        await Wait.UntilAsync(() => world.OneAsync<bool>("select exists (select from durable_tests.activities)"));
        await world.ExecuteAsync("update durable_tests.instances set status = 7");
        await using var gate = await ReadGate.CloseAsync(world.Database.Superuser, "instances");
        hub.Hub.Dispatcher.Wake("i");
        await Wait.UntilAsync(() => gate.HasStoppedAsync("select status"));

        await world.ExecuteAsync("update durable_tests.instances set status = 0");
        await world.InsertEventAsync("i", 1);
        hub.Hub.Dispatcher.Wake("i");
        await gate.OpenAsync();

        await Wait.UntilAsync(() => world.OneAsync<bool>("select not exists (select from durable_tests.inbox)"));
        MayEnd.Release();
        Assert.Equal("1", (await hub.EndAsync("i")).SerializedOutput);
    }

    [Fact]
    public async Task A_client_looks_again_when_its_process_listens_again()
    {
        await using var world = await World.CreateAsync(postgres);
        var hub = await world.StartHubAsync();
        var end = await WaitUntilClientWaitsAsync(world, hub);
        await world.ExecuteAsync("update durable_tests.instances set status = 5");

        await world.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'durable_tests'");

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await end).RuntimeStatus);
    }

    [Fact]
    public async Task A_client_looks_again_when_another_process_joins()
    {
        await using var world = await World.CreateAsync(postgres);
        var hub = await world.StartHubAsync();
        var end = await WaitUntilClientWaitsAsync(world, hub);
        await world.ExecuteAsync("update durable_tests.instances set status = 5");

        await world.StartHubAsync();

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await end).RuntimeStatus);
    }

    [Fact]
    public async Task A_change_that_another_process_waits_for_is_announced_before_that_process_is_noticed()
    {
        await using var world = await World.CreateAsync(postgres);
        var hub = await world.StartHubAsync();
        await world.InsertInstanceAsync("i", "Collect", 1);
        await world.InsertEventAsync("i", 1);
        await world.ExecuteAsync("update durable_tests.instances set watched = true");
        await using var listener = new NpgsqlConnection(world.Database.Superuser);
        await listener.OpenAsync();
        await listener.ExecuteAsync("listen durable_tests");
        var heard = new List<string>();
        listener.Notification += (_, e) => heard.Add(e.Payload);

        hub.Hub.Dispatcher.Wake("i");
        await hub.EndAsync("i");

        Assert.True(hub.Hub.Membership.Alone);
        await Wait.UntilAsync(async () => await listener.ExecuteScalarAsync<int>("select 1") == 1 && heard.Contains(Notify.Text(Notify.Changed, hub.Hub.Membership.Id, "i")));
    }

    [Fact]
    public async Task What_was_put_off_by_a_stalled_process_is_claimed_after_its_next_beat()
    {
        await using var world = await World.CreateAsync(postgres);
        var time = new JumpingTime();
        var hub = await world.StartHubAsync(time);
        await world.InsertInstanceAsync("i", "Collect", 1);
        await world.InsertEventAsync("i", 1);
        await using (var admin = new NpgsqlConnection(world.Database.Superuser))
        {
            await admin.OpenAsync();
            await using var blocked = await admin.BeginTransactionAsync();
            await admin.ExecuteAsync("lock table durable_tests.workers in access exclusive mode");
            time.Jump(Workers.Trust);
            hub.Hub.Dispatcher.Wake("i");
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }

        Assert.Equal("[1]", (await hub.EndAsync("i")).SerializedOutput);
    }

    [Fact]
    public async Task A_look_around_that_fails_is_repeated()
    {
        await using var world = await World.CreateAsync(postgres);
        var hub = await world.StartHubAsync();
        await world.InsertInstanceAsync("i", "Collect", 1);
        await world.InsertEventAsync("i", 1);
        await world.ExecuteAsync("alter table durable_tests.inbox rename to away");
        hub.Hub.Dispatcher.LookAround();
        await Task.Delay(TimeSpan.FromMilliseconds(300));

        await world.ExecuteAsync("alter table durable_tests.away rename to inbox");

        Assert.Equal("[1]", (await hub.EndAsync("i")).SerializedOutput);
    }

    private static async Task<Task<OrchestrationMetadata>> WaitUntilClientWaitsAsync(World world, TestHub hub)
    {
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Collect", 1);
        await hub.Client.WaitForInstanceStartAsync(id);
        await Wait.UntilAsync(() => world.OneAsync<bool>("select owner is null from durable_tests.instances"));
        var end = hub.EndAsync(id);

        // The client reads the instance and then waits for a change.
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        return end;
    }

    /// <summary>One database whose hubs do not look around by themselves, and its tables.</summary>
    private sealed class World(TestDatabase database) : IAsyncDisposable
    {
        private readonly List<TestHub> hubs = [];
        private readonly Db db = new(database.Durable, "Tests");

        public TestDatabase Database => database;

        public static async Task<World> CreateAsync(PostgresFixture postgres) => new(await postgres.CreateEmptyDatabaseAsync());

        public async Task<TestHub> StartHubAsync(TimeProvider? time = null)
        {
            var hub = await TestHub.StartAsync(database.Durable, Functions, o => o with { LookAround = TimeSpan.FromHours(1) }, time);
            hubs.Add(hub);
            return hub;
        }

        /// <summary>An instance that no process has been told of.</summary>
        public Task<bool> InsertInstanceAsync(string id, string name, int? input = null)
        {
            var now = TimeProvider.System.GetUtcNow().UtcDateTime;
            return StartInstances.OneAsync(db, new NewRun(id, Guid.CreateVersion7(), name, "", Json.Write(input)), [], now, CancellationToken.None);
        }

        public Task<int> InsertEventAsync(string id, int payload) => ExecuteAsync(
            "insert into durable_tests.inbox (instance_id, kind, name, payload) values (@id, @kind, 'e', @payload)",
            new { id, kind = (short)EventKind.EventRaised, payload = $"{payload}" });

        public Task<int> ExecuteAsync(string sql, object? parameters = null) => database.ExecuteAsync(sql, parameters);

        public Task<T?> OneAsync<T>(string sql) => database.OneAsync<T>(sql);

        public async ValueTask DisposeAsync()
        {
            foreach (var hub in hubs)
            {
                await hub.DisposeAsync();
            }

            await db.DisposeAsync();
        }
    }

    private sealed class JumpingTime : TimeProvider
    {
        private long jumped;

        public void Jump(TimeSpan by) => Interlocked.Add(ref jumped, (long)(by.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref jumped);
    }
}
