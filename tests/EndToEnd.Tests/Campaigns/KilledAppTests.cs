using Relais.DevHost.Demo;
using Relais.Kit;
using Relais.Simulators;

namespace EndToEnd.Tests.Campaigns;

/// <summary>Kills the app with SIGKILL during a campaign and checks in the simulator which messages were sent.</summary>
public sealed class KilledAppTests(PostgresFixture postgres, AzuriteFixture storage)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    private const int Recipients = 150;
    private const int Rate = 30;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData(0, 30, 90)]
    [InlineData(149)]
    public async Task A_killed_app_sends_each_message_exactly_once(params int[] killedWhenSent)
    {
        await using var system = await RelaisSystem.StartAsync(
            postgres, storage, new RelaisSystemOptions { Rate = Rate, Simulator = SlowWithReplies() });
        using var api = new RelaisApi(system.App.Url, system.ApiKey);
        var campaign = await StartCampaignAsync(system);

        foreach (var sent in killedWhenSent)
        {
            await Wait.UntilAsync(() => system.Simulator.Report().Accepted >= sent, Limit);
            await system.App.KillAsync();
            await system.App.StartAgainAsync();
        }

        var report = await SettledAsync(system, api, campaign);
        Assert.Equal(Recipients, report.App.Planned);
        Assert.True(report.App.IsSettled);
        Assert.Empty(report.Differences);
        Assert.Equal(0, report.SentTwice);
        Assert.Equal(0, report.WindowsBroken);
        Assert.Equal(
            Recipients,
            system.Simulator.Messages().Where(message => message.Direction == "outbound-api").Select(message => message.Contact).Distinct()
                .Count());
    }

    /// <summary>
    /// The queue redelivers the wake message of a killed worker or host. The minute sweep is off here: it only replaces lost messages.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sending_resumes_after_a_kill_before_the_sweep(bool worker)
    {
        await using var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions
        {
            Rate = Rate,
            Simulator = SlowWithReplies(),
            Settings = new Dictionary<string, string?> { ["AzureWebJobs__SweepSendersEachMinute__Disabled"] = "true" },
        });
        await StartCampaignAsync(system);
        await Wait.UntilAsync(() => system.Simulator.Report().Accepted > 30, Limit);

        if (worker)
        {
            system.App.KillWorker();
        }
        else
        {
            await system.App.KillHostAsync();
            await system.App.StartAgainAsync();
        }

        // The sweep settles the messages that were being sent. All others are sent without it.
        await Wait.UntilAsync(() => system.Simulator.Report().Accepted > Recipients / 2, TimeSpan.FromSeconds(60));
    }

    /// <summary>Slow enough that a kill interrupts calls in progress.</summary>
    private static TwilioSimulatorOptions SlowWithReplies() => new()
    {
        Delivery = new DeliverySettings { SentMs = 100, DeliveredMs = 200, ReadMs = 300, ReadShare = 0.5 },
        Replies = new ReplySettings { Share = 0.3, MinDelayMs = 100, MaxDelayMs = 800 },
        Faults = new FaultSettings { LatencyMs = 150, LatencyJitterMs = 150 },
    };

    private static Task<Guid> StartCampaignAsync(RelaisSystem system) =>
        system.StartCampaignAsync(Enumerable.Range(1, Recipients).Select(Ids.Phone), message2: true, CampaignSteps.Template);

    private static async Task<DemoReport> SettledAsync(RelaisSystem system, RelaisApi api, Guid campaignId)
    {
        await Wait.UntilAsync(
            async () =>
                await api.GetAsync(campaignId, CancellationToken.None) is { IsOver: true, Progress.IsSettled: true }
                    && system.Simulator.Report().IsIdle,
            Limit);
        DemoReport? report = null;
        var since = TimeProvider.System.GetTimestamp();
        while (report is null || (!report.IsEqual && TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(30)))
        {
            var counts = (await api.GetAsync(campaignId, CancellationToken.None)).Progress;
            var ids = await CampaignMessages.ReadAsync(system.Database.System, campaignId, CancellationToken.None);
            report = DemoReport.Create(counts, ids, system.Simulator, RelaisSystem.SenderAddress, Rate);
            await Task.Delay(100);
        }

        return report;
    }
}
