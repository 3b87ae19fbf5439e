using Dapper;
using Grpc.Core;
using Microsoft.DurableTask.Client;
using Npgsql;
using Relais.Kit;

namespace LocalPackages.Tests.Durable;

/// <summary>Connections that are cut, a database that is away, a schema that several make at once.</summary>
public sealed class OutageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private int ran;

    private TestFunctions Functions => new TestFunctions()
        .Activity<int, int>("Next", async n =>
        {
            Interlocked.Increment(ref ran);
            await Task.Delay(5);
            return n + 1;
        })
        .Orchestrator("Chain", async context =>
        {
            var n = 0;
            for (var i = context.GetInput<int>(); i > 0; i--)
            {
                n = await context.CallActivityAsync<int>("Next", n);
            }

            return n;
        });

    [Fact]
    public async Task Cut_connections_cost_time_and_nothing_else()
    {
        var database = await postgres.CreateEmptyDatabaseAsync();
        await using var hub = await TestHub.StartAsync(database.Durable, Functions);
        var ids = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => hub.Client.ScheduleNewOrchestrationInstanceAsync("Chain", 20)));
        await using var admin = new NpgsqlConnection(database.Superuser);
        for (var cut = 0; cut < 8; cut++)
        {
            await Task.Delay(150);
            await CutAsync(admin, database.Name);
        }

        foreach (var id in ids)
        {
            Assert.Equal("20", (await EndAsync(hub, id)).SerializedOutput);
        }

        Assert.True(ran >= 40 * 20);
    }

    [Fact]
    public async Task The_process_outlives_an_absence_of_the_database()
    {
        var database = await postgres.CreateEmptyDatabaseAsync();
        await using var hub = await TestHub.StartAsync(database.Durable, Functions);
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Chain", 50);
        await using var admin = new NpgsqlConnection(postgres.Superuser);
        await admin.ExecuteAsync($"alter database {database.Name} allow_connections false");
        await CutAsync(admin, database.Name);
        var refused = await Assert.ThrowsAsync<RpcException>(() => hub.Client.GetInstanceAsync(id));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        var end = hub.EndAsync(id, TimeSpan.FromSeconds(90));
        await Task.Delay(TimeSpan.FromSeconds(4));
        await admin.ExecuteAsync($"alter database {database.Name} allow_connections true");

        Assert.Equal("50", (await end).SerializedOutput);
    }

    [Fact]
    public async Task Several_processes_may_make_the_schema_at_once()
    {
        var database = await postgres.CreateEmptyDatabaseAsync();

        var hubs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestHub.StartAsync(database.Durable, Functions)));

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await hubs[0].RunAsync("Chain", 3)).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await hubs[3].RunAsync("Chain", 3)).RuntimeStatus);
        foreach (var hub in hubs)
        {
            await hub.DisposeAsync();
        }
    }

    private static Task<int> CutAsync(NpgsqlConnection admin, string database) => admin.ExecuteAsync(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = @database and pid <> pg_backend_pid()", new { database });

    private static async Task<OrchestrationMetadata> EndAsync(TestHub hub, string id)
    {
        OrchestrationMetadata? found = null;
        await Wait.UntilAsync(
            async () =>
            {
                try
                {
                    found = await hub.Client.GetInstanceAsync(id, true);
                }
                catch (RpcException)
                {
                    return false;
                }

                return found is { IsCompleted: true };
            },
            TimeSpan.FromSeconds(90));
        return found!;
    }
}
