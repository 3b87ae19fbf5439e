using Relais.DevHost.Services;
using Xunit;

namespace Relais.Kit;

/// <summary>
/// Gives each test class its own storage account in a real Azurite, so that classes do not share queues:
/// <code>public sealed class OutboxTests(AzuriteFixture storage) : IClassFixture&lt;AzuriteFixture&gt;</code>
/// The first class of a process starts Azurite. It ends with the process and keeps no data.
/// </summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private static readonly string[] Accounts = [.. Enumerable.Range(1, 200).Select(number => $"test{number:D3}")];
    private static readonly Lazy<Task<AzuriteServer>> Shared = new(StartAsync);
    private static int createdAccounts;

    private AzuriteServer? server;

    /// <summary>Connection string of the account of this class.</summary>
    public string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync()
    {
        server = await Shared.Value;
        ConnectionString = CreateAccount();
    }

    /// <summary>Creates one more account for the calling test and returns its connection string.</summary>
    public string CreateAccount()
    {
        var number = Interlocked.Increment(ref createdAccounts);
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
