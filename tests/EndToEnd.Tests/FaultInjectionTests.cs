using Relais.DevHost.Services;
using Relais.Kit;
using Relais.Simulators;

namespace EndToEnd.Tests;

/// <summary>Stalls an instance or breaks connections, and then checks in the simulator which messages the provider received.</summary>
public sealed class FaultInjectionTests(PostgresFixture postgres, AzuriteFixture azurite)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task A_stalled_instance_is_replaced_and_sends_nothing_when_it_resumes()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, azurite, RelaisSystemOptions.SwiftSms(10));
        var other = await system.AddAppAsync();
        var contacts = CampaignSteps.Contacts(150).ToList();
        var campaign = await system.StartCampaignAsync(contacts);
        await Wait.UntilAsync(() => system.Simulator.Report().Accepted >= 20);

        // The first instance receives the callbacks, so the second instance is stalled, no matter which of them sends.
        await SignalAsync(other, "STOP");
        await Task.Delay(TimeSpan.FromSeconds(20));
        await SignalAsync(other, "CONT");
        await system.WaitForEndAsync(campaign, Limit);

        AssertOnceEach(system, contacts);
        Assert.Equal(0, system.Simulator.Report(new PaceLimit(PaceScope.Sender, 10, TimeSpan.FromSeconds(1))).WindowsBroken);
    }

    [Fact]
    public async Task Messages_with_a_lost_answer_are_settled_and_not_sent_again()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, azurite, RelaisSystemOptions.SwiftSms(20));
        string[] contacts =
        [
            .. CampaignSteps.Contacts(20), "+15005552801", "+15005553801", "+15005552701", "+15005552901", "+15005553001", "+15005553101",
            "+15005554101",
        ];

        var campaign = await system.StartCampaignAsync(contacts);
        await Wait.UntilAsync(
            () => system.Simulator.Messages("+15005553801").Count > 0 && system.Simulator.Report().Accepted >= contacts.Length - 1,
            TimeSpan.FromSeconds(30));
        await Wait.UntilAsync(
            async () => await system.Database.OneAsync<int>(
                "select count(*)::int from messages where contact_address in ('+15005552801', '+15005553801') " +
                "and status_rank(status) between 10 and 16") == 2,
            TimeSpan.FromSeconds(90));

        Assert.Empty(system.Simulator.Report().SentTwice);
        Assert.All(contacts.Where(contact => contact != "+15005552701"), contact => Assert.Single(system.Simulator.Messages(contact)));
        await system.ControlAsync(campaign, "cancel");
    }

    [Fact]
    public async Task Duplicate_shuffled_early_and_late_callbacks_give_the_same_totals()
    {
        await using var system = await RelaisSystem.StartAsync(
            postgres, azurite,
            new RelaisSystemOptions { Rate = 50, EnforceWindow = false, Simulator = new() { Delivery = RelaisSystemOptions.Swift } });
        system.Simulator.Faults = new FaultSettings
        {
            DuplicateCallback = 0.5,
            ShuffleCallback = 0.5,
            EarlyCallback = 0.3,
            LateCallback = 0.2,
            LateByMs = 500,
        };

        var campaign = await system.StartCampaignAsync(CampaignSteps.Contacts(150));
        await system.WaitForEndAsync(campaign, Limit);
        await Wait.UntilAsync(() => system.Simulator.IsIdle);
        await Wait.UntilAsync(async () => (await system.CampaignAsync(campaign)).Progress.Count("read") == 150);

        var (_, progress) = await system.CampaignAsync(campaign);
        Assert.Equal(150, progress.Count("sent"));
        Assert.Equal(150, progress.Count("delivered"));
        Assert.Equal(
            150,
            await system.Database.OneAsync<long>(
                "select count(distinct sid) from webhook_events where kind = 'status' and status = 'read'"));
    }

    private static async Task SignalAsync(FunctionsApp instance, string signal)
    {
        await Signals.SendAsync(instance.ProcessId, signal);
        await Signals.SendAsync(instance.WorkerProcessId, signal);
    }

    private static void AssertOnceEach(RelaisSystem system, List<string> contacts)
    {
        Assert.Empty(system.Simulator.Report().SentTwice);
        var accepted = system.Simulator.Messages().GroupBy(message => message.Contact)
            .ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(contacts.ToDictionary(contact => contact, _ => 1), accepted);
    }
}
