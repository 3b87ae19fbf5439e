using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalPackages.Tests.Durable;

/// <summary>One process's share of a hub, inside the test process.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private TestHub(Hub hub) => Hub = hub;

    public Hub Hub { get; }

    public DurableTaskClient Client => field ??= new FunctionsDurableTaskClient(Hub);

    public static async Task<TestHub> StartAsync(
        string connectionString, TestFunctions functions, Func<HubOptions, HubOptions>? change = null, TimeProvider? time = null)
    {
        var options = new HubOptions(connectionString) { HubName = "Tests" };
        var hub = new Hub(change?.Invoke(options) ?? options, functions, time ?? TimeProvider.System, NullLoggerFactory.Instance);
        hub.Start();
        await hub.Ready;
        return new TestHub(hub);
    }

    public async Task<OrchestrationMetadata> RunAsync(string name, object? input = null, TimeSpan? limit = null)
    {
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(name, input);
        return await EndAsync(id, limit);
    }

    public async Task<OrchestrationMetadata> EndAsync(string id, TimeSpan? limit = null)
    {
        using var source = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(30));
        return await Client.WaitForInstanceCompletionAsync(id, true, source.Token);
    }

    public async ValueTask DisposeAsync()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await Hub.StopAsync(source.Token);
        await Hub.DisposeAsync();
    }
}
