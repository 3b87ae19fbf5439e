using Relais.DevHost.Services;
using Xunit;

namespace Relais.Kit;

/// <summary>
/// A real Azurite with a storage account for each test class that asks for one, so that queues of the same name do not meet:
/// <code>public sealed class OutboxTests(AzuriteFixture storage) : IClassFixture&lt;AzuriteFixture&gt;</code>
/// The first class in a process starts it; it ends with the process and keeps nothing.
/// </summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private static readonly string[] Accounts = [.. Enumerable.Range(1, 200).Select(number => $"test{number:D3}")];
    private static readonly Lazy<Task<AzuriteServer>> Shared = new(StartAsync);
    private static int taken;

    private AzuriteServer? server;

    /// <summary>The account of this class.</summary>
    public string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync()
    {
        server = await Shared.Value;
        ConnectionString = CreateAccount();
    }

    /// <summary>The connection string of one more account that nobody else uses.</summary>
    public string CreateAccount()
    {
        var number = Interlocked.Increment(ref taken);
        return number <= Accounts.Length
            ? server!.ConnectionString(Accounts[number - 1])
            : throw new InvalidOperationException($"More than {Accounts.Length} storage accounts in one test process.");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task<AzuriteServer> StartAsync()
    {
        await ExclusiveRun.TakeAsync();
        return await AzuriteServer.StartAsync(new AzuriteOptions { Accounts = Accounts });
    }
}
