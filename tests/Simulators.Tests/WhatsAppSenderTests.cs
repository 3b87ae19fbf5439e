using System.Net.Http.Json;
using Relais.Simulators;
using Twilio.Exceptions;
using Twilio.Rest.Messaging.V2;
using static Simulators.Tests.NumberPurchaseTests;
using static Twilio.Rest.Messaging.V2.ChannelsSenderResource;

namespace Simulators.Tests;

public sealed class WhatsAppSenderTests
{
    [Fact]
    public async Task The_whatsapp_senders_of_an_account_are_listed_without_the_sandbox()
    {
        await using var world = await SimulatorFixture.StartAsync();
        world.Simulator.Add(new SimulatedAccount("AC00000000000000000000000000000002", "t"));
        var listed = (await ChannelsSenderResource.ReadAsync(new ReadChannelsSenderOptions("whatsapp"), world.Client)).Single();
        Assert.Equal((SimulatorFixture.WhatsApp, StatusEnum.Online, world.Webhook.Url("/inbound?t=1")), (listed.SenderId, listed.Status, listed.Webhook.CallbackUrl));
        Assert.Equal(("HIGH", "1K Customers/24hr"), (listed.Properties.QualityRating, listed.Properties.MessagingLimit));
        Assert.Equal(listed.SenderId, (await ChannelsSenderResource.FetchAsync(new FetchChannelsSenderOptions(listed.Sid), world.Client)).SenderId);
        Assert.Empty(await ChannelsSenderResource.ReadAsync(new ReadChannelsSenderOptions("whatsapp"), world.ClientOf("AC00000000000000000000000000000002", "t")));
        Assert.Equal((20422, 400), await RefusedAsync(() => ChannelsSenderResource.ReadAsync(new ReadChannelsSenderOptions(null), world.Client)));
        Assert.Equal((20404, 404), await RefusedAsync(() => ChannelsSenderResource.FetchAsync(new FetchChannelsSenderOptions("XE9"), world.Client)));
    }

    [Fact]
    public async Task A_change_takes_a_while_and_then_counts()
    {
        await using var world = await SimulatorFixture.StartAsync(options => options with { SenderUpdateMs = 600_000 });
        var sid = world.Simulator.WhatsAppSenders().Single().Sid;
        var answer = await UpdateAsync(world, sid, new MessagingV2ChannelsSenderRequestsUpdate.Builder()
            .WithProfile(new MessagingV2ChannelsSenderProfile.Builder().WithName("Clinique").WithAbout("Bonjour").WithWebsites(new List<string> { "https://example.org" }).Build())
            .WithWebhook(new MessagingV2ChannelsSenderWebhook.Builder().WithCallbackUrl(world.Webhook.Url("/new")).Build())
            .Build());
        Assert.Equal((StatusEnum.OnlineUpdating, "Clinique", "https://example.org"), (answer.Status, answer.Profile.Name, answer.Profile.Websites.Single().Website));
        Assert.Equal(StatusEnum.OnlineUpdating, (await FetchAsync(world, sid)).Status);
        await world.Simulator.ReceiveAsync(new InboundMessage("whatsapp:+224620000001", SimulatorFixture.WhatsApp, "avant"));
        Assert.Equal("/inbound?t=1", world.Webhook.All.Single().Target);
        Assert.False(world.Simulator.IsIdle);

        world.Simulator.AdvanceClock(TimeSpan.FromMinutes(10));
        await world.IdleAsync();
        var changed = await FetchAsync(world, sid);
        Assert.Equal((StatusEnum.Online, "Clinique", "Bonjour"), (changed.Status, changed.Profile.Name, changed.Profile.About));
        await world.Simulator.ReceiveAsync(new InboundMessage("whatsapp:+224620000001", SimulatorFixture.WhatsApp, "après"));
        Assert.Equal("/new", world.Webhook.All[^1].Target);

        await UpdateAsync(world, sid, new MessagingV2ChannelsSenderRequestsUpdate.Builder().WithProfile(new MessagingV2ChannelsSenderProfile.Builder().WithAddress("Conakry").Build()).Build());
        world.Simulator.AdvanceClock(TimeSpan.FromMinutes(10));
        await world.IdleAsync();
        changed = await FetchAsync(world, sid);
        Assert.Equal(("Clinique", "Conakry", world.Webhook.Url("/new")), (changed.Profile.Name, changed.Profile.Address, changed.Webhook.CallbackUrl));
    }

    [Fact]
    public async Task An_invalid_change_is_refused_at_once()
    {
        await using var world = await SimulatorFixture.StartAsync();
        var sid = world.Simulator.WhatsAppSenders().Single().Sid;
        MessagingV2ChannelsSenderRequestsUpdate Profile(Func<MessagingV2ChannelsSenderProfile.Builder, MessagingV2ChannelsSenderProfile.Builder> with) =>
            new MessagingV2ChannelsSenderRequestsUpdate.Builder().WithProfile(with(new()).Build()).Build();
        Assert.Equal((20422, 400), await RefusedAsync(() => UpdateAsync(world, sid, Profile(profile => profile.WithAbout(new string('x', 140))))));
        Assert.Equal((20422, 400), await RefusedAsync(() => UpdateAsync(world, sid, Profile(profile => profile.WithName(" ")))));
        Assert.Equal((20422, 400), await RefusedAsync(() => UpdateAsync(world, sid, Profile(profile => profile.WithLogoUrl("logo.png")))));
        Assert.Equal((20422, 400), await RefusedAsync(() => UpdateAsync(world, sid, new MessagingV2ChannelsSenderRequestsUpdate.Builder()
            .WithWebhook(new MessagingV2ChannelsSenderWebhook.Builder().WithCallbackUrl("/in").Build()).Build())));
        Assert.Equal(StatusEnum.Online, (await FetchAsync(world, sid)).Status);
    }

    [Fact]
    public async Task A_sender_is_created_and_goes_online()
    {
        await using var world = await SimulatorFixture.StartAsync();
        var create = new MessagingV2ChannelsSenderRequestsCreate.Builder()
            .WithSenderId("whatsapp:+15145550177")
            .WithWebhook(new MessagingV2ChannelsSenderWebhook.Builder().WithCallbackUrl(world.Webhook.Url("/inbound")).Build())
            .Build();
        Assert.Equal(StatusEnum.Creating, (await ChannelsSenderResource.CreateAsync(new CreateChannelsSenderOptions(create), world.Client)).Status);
        await world.IdleAsync();
        Assert.Equal(204, (await world.Simulator.ReceiveAsync(new InboundMessage("whatsapp:+224620000001", "whatsapp:+15145550177", "x"))).WebhookStatus);
        Assert.Equal((20422, 400), await RefusedAsync(() => ChannelsSenderResource.CreateAsync(new CreateChannelsSenderOptions(create), world.Client)));
    }

    [Fact]
    public async Task Status_quality_limit_and_reasons_are_settable_here_and_over_http()
    {
        await using var world = await SimulatorFixture.StartAsync();
        world.Simulator.ChangeWhatsAppSender(SimulatorFixture.WhatsApp, sender => sender with { Status = "OFFLINE", OfflineReasons = [new("63020", "Not accepted")] });
        var sid = world.Simulator.WhatsAppSenders().Single().Sid;
        var offline = await FetchAsync(world, sid);
        Assert.Equal((StatusEnum.Offline, "63020"), (offline.Status, offline.OfflineReasons.Single().Code));
        await UpdateAsync(world, sid, new MessagingV2ChannelsSenderRequestsUpdate.Builder().WithProfile(new MessagingV2ChannelsSenderProfile.Builder().WithName("Taxi").Build()).Build());
        await world.IdleAsync();
        Assert.Equal((StatusEnum.Offline, "Taxi"), ((await FetchAsync(world, sid)).Status, (await FetchAsync(world, sid)).Profile.Name));

        using var http = new HttpClient { BaseAddress = world.Simulator.BaseUrl };
        using var answer = await http.PostAsJsonAsync("/_sim/whatsapp-senders", new { senderId = SimulatorFixture.WhatsApp, status = "ONLINE", qualityRating = "LOW", messagingLimit = "250 Customers/24hr", offlineReasons = Array.Empty<object>() });
        Assert.True(answer.IsSuccessStatusCode);
        var online = await FetchAsync(world, sid);
        Assert.Equal((StatusEnum.Online, "LOW", "250 Customers/24hr"), (online.Status, online.Properties.QualityRating, online.Properties.MessagingLimit));
        Assert.Null(online.OfflineReasons);

        world.Simulator.FailNext("senders.update", RestFault.CutAfter);
        await Assert.ThrowsAsync<ApiConnectionException>(() => UpdateAsync(world, sid, new MessagingV2ChannelsSenderRequestsUpdate.Builder()
            .WithProfile(new MessagingV2ChannelsSenderProfile.Builder().WithName("Clinique").Build()).Build()));
        await world.IdleAsync();
        Assert.Equal("Clinique", (await FetchAsync(world, sid)).Profile.Name);
    }

    private static Task<ChannelsSenderResource> FetchAsync(SimulatorFixture world, string sid) => ChannelsSenderResource.FetchAsync(new FetchChannelsSenderOptions(sid), world.Client);

    private static Task<ChannelsSenderResource> UpdateAsync(SimulatorFixture world, string sid, MessagingV2ChannelsSenderRequestsUpdate update) =>
        ChannelsSenderResource.UpdateAsync(new UpdateChannelsSenderOptions(sid) { MessagingV2ChannelsSenderRequestsUpdate = update }, world.Client);
}
