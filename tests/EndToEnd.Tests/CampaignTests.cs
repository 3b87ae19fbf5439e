using Relais.Kit;
using Relais.Simulators;

namespace EndToEnd.Tests;

[Collection(ExclusiveCollection.Name)]
public sealed class CampaignTests(PostgresFixture postgres, AzuriteFixture azurite)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task A_campaign_ends_with_the_counters_of_the_provider_and_keeps_its_pace()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, azurite, new RelaisSystemOptions
        {
            Verbose = true,
            Rate = 20,
            EnforceWindow = false,
            Simulator = new()
            {
                Delivery = RelaisSystemOptions.Swift,
                Replies = new ReplySettings { Share = 0.3, MinDelayMs = 100, MaxDelayMs = 400 },
            },
        });
        var contacts = CampaignSteps.Contacts(60).Concat(["+15005551301", "+15005551401", "+15005551701", "+15005552001"]).ToList();

        var campaign = await system.StartCampaignAsync(contacts, message2: true);
        await system.WaitForEndAsync(campaign, TimeSpan.FromMinutes(2));
        await Wait.UntilAsync(() => system.Simulator.IsIdle, TimeSpan.FromSeconds(60));
        var replied = system.Simulator.Messages().Count(message => message.Direction == "inbound");
        await Wait.UntilAsync(
            async () => (await system.CampaignAsync(campaign)).Progress.GetProperty("followup").Count("read") == replied,
            TimeSpan.FromSeconds(60));

        var (_, progress) = await system.CampaignAsync(campaign);
        var report = system.Simulator.Report(
            new PaceLimit(PaceScope.Sender, 20, TimeSpan.FromSeconds(1)),
            new PaceLimit(PaceScope.WhatsAppRecipient, 1, TimeSpan.FromSeconds(6)));
        Assert.Equal(64, progress.Count("planned"));
        Assert.Equal(0, progress.Count("queued"));
        Assert.Equal(60, progress.Count("read"));
        Assert.Equal(4, progress.Count("failed"));
        Assert.Equal(replied, progress.Count("replied"));
        Assert.Equal(replied, progress.Count("followedUp"));
        Assert.True(replied > 5);
        Assert.Equal(0, report.WindowsBroken);
        Assert.Empty(report.SentTwice);
    }

    [Fact]
    public async Task Pause_resume_and_cancel_take_effect_within_seconds()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, azurite, RelaisSystemOptions.SwiftSms(10));
        var campaign = await system.StartCampaignAsync(CampaignSteps.Contacts(150));
        await Wait.UntilAsync(() => system.Simulator.Report().Accepted >= 10);

        await system.ControlAsync(campaign, "pause");
        await Task.Delay(TimeSpan.FromSeconds(2));
        var paused = system.Simulator.Report().Accepted;
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.Equal(paused, system.Simulator.Report().Accepted);

        await system.ControlAsync(campaign, "resume");
        await Wait.UntilAsync(() => system.Simulator.Report().Accepted >= paused + 10, TimeSpan.FromSeconds(10));
        await system.ControlAsync(campaign, "cancel");
        await system.WaitForEndAsync(campaign, TimeSpan.FromSeconds(60));

        var (status, progress) = await system.CampaignAsync(campaign);
        Assert.Equal("cancelled", status);
        Assert.Equal(150, progress.Count("sent") + progress.Count("canceled"));
        Assert.Equal(system.Simulator.Report().Accepted, progress.Count("sent"));
        Assert.True(progress.Count("canceled") > 50);
    }

    [Fact]
    public async Task Two_instances_share_the_work_and_keep_one_pace()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, azurite, RelaisSystemOptions.SwiftSms(20));
        await system.AddAppAsync();

        var campaign = await system.StartCampaignAsync(CampaignSteps.Contacts(120));
        await system.WaitForEndAsync(campaign, TimeSpan.FromMinutes(2));

        var report = system.Simulator.Report(new PaceLimit(PaceScope.Sender, 20, TimeSpan.FromSeconds(1)));
        Assert.Equal(120, report.Accepted);
        Assert.Equal(0, report.WindowsBroken);
        Assert.Empty(report.SentTwice);
    }

    [Fact]
    public async Task Sending_uses_at_least_nine_tenths_of_the_rate()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, azurite, RelaisSystemOptions.SwiftSms(10));

        var campaign = await system.StartCampaignAsync(CampaignSteps.Contacts(150));
        await system.WaitForEndAsync(campaign, TimeSpan.FromMinutes(2));

        var arrivals = system.Simulator.Messages().Select(message => message.ArrivedMicroseconds).Order().ToList();
        const int Stretch = 60;
        // The machine may be busy for a while, so the best stretch of the run counts.
        var rates = Enumerable.Range(0, arrivals.Count - Stretch).Select(
            first => Stretch / ((arrivals[first + Stretch] - arrivals[first]) / 1e6));
        Assert.True(rates.Max() >= 9, $"{rates.Max():F2}/s of 10/s");
        Assert.Equal(0, system.Simulator.Report(new PaceLimit(PaceScope.Sender, 10, TimeSpan.FromSeconds(1))).WindowsBroken);
    }
}
