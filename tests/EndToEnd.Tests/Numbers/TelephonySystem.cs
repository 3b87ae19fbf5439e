using Relais.Kit;

namespace EndToEnd.Tests.Numbers;

/// <summary>One system for all cases. Each case has its own tenant and account.</summary>
public sealed class TelephonySystem : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();
    private readonly AzuriteFixture storage = new();
    private RelaisSystem? system;
    private RequestBarriers? gates;

    public RelaisSystem System => system!;

    internal RequestBarriers Gates => gates!;

    public async Task InitializeAsync()
    {
        await postgres.InitializeAsync();
        await storage.InitializeAsync();
        system = await StartAsync(postgres, storage, callTimeout: "00:00:02", settleAfter: "00:00:06.5");
        gates = await RequestBarriers.CreateAsync(system);
    }

    public async Task DisposeAsync()
    {
        await Gates.DisposeAsync();
        await System.DisposeAsync();
        await postgres.DisposeAsync();
        await storage.DisposeAsync();
    }

    /// <summary>Starts a system with short delays, so that retries take seconds instead of minutes.</summary>
    /// <param name="settleAfter">Longer than the send deadline, one call and one second together.</param>
    internal static Task<RelaisSystem> StartAsync(
        PostgresFixture postgres, AzuriteFixture storage, string callTimeout, string settleAfter) =>
        RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions
        {
            Verbose = true,
            Simulator = new() { Delivery = RelaisSystemOptions.Swift },
            Settings = new Dictionary<string, string?>
            {
                ["Twilio__CallTimeout"] = callTimeout,
                ["Numbers__PurchaseWait"] = "00:00:20",
                ["Numbers__FirstRetryDelay"] = "00:00:00.1",
                ["Numbers__SendDeadline"] = "00:00:03",
                ["Numbers__ConfirmAbsenceAfter"] = settleAfter,
                ["Limits__PerAddress"] = "1000000",
                ["Limits__PerTenant"] = "1000000",
            },
        });
}

[CollectionDefinition(Name)]
public sealed class TelephonyCollection : ICollectionFixture<TelephonySystem>
{
    public const string Name = "telephony";
}
