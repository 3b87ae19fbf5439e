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
        await using var fixture = await SimulatorFixture.StartAsync();
        fixture.Simulator.Add(new SimulatedAccount("AC00000000000000000000000000000002", "t"));
        var listed = (await ChannelsSenderResource.ReadAsync(new ReadChannelsSenderOptions("whatsapp"), fixture.Client)).Single();
        Assert.Equal(
            (SimulatorFixture.WhatsApp, StatusEnum.Online, fixture.Webhook.Url("/inbound?t=1")),
            (listed.SenderId, listed.Status, listed.Webhook.CallbackUrl));
        Assert.Equal(("HIGH", "1K Customers/24hr"), (listed.Properties.QualityRating, listed.Properties.MessagingLimit));
        Assert.Equal(listed.SenderId, (await FetchAsync(fixture, listed.Sid)).SenderId);
        Assert.Empty(await ChannelsSenderResource.ReadAsync(
            new ReadChannelsSenderOptions("whatsapp"), fixture.ClientOf("AC00000000000000000000000000000002", "t")));
        Assert.Equal((20422, 400), await RefusedAsync(() =>
            ChannelsSenderResource.ReadAsync(new ReadChannelsSenderOptions(null), fixture.Client)));
        Assert.Equal((20404, 404), await RefusedAsync(() => FetchAsync(fixture, "XE9")));
    }

    [Fact]
    public async Task A_change_takes_a_while_and_then_counts()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options => options with { SenderUpdateMs = 600_000 });
        var sid = fixture.Simulator.WhatsAppSenders().Single().Sid;
        var answer = await UpdateAsync(fixture, sid, new MessagingV2ChannelsSenderRequestsUpdate.Builder()
            .WithProfile(new MessagingV2ChannelsSenderProfile.Builder()
                .WithName("Clinique")
                .WithAbout("Bonjour")
                .WithWebsites(new List<string> { "https://example.org" })
                .Build())
            .WithWebhook(new MessagingV2ChannelsSenderWebhook.Builder().WithCallbackUrl(fixture.Webhook.Url("/new")).Build())
            .Build());
        Assert.Equal(
            (StatusEnum.OnlineUpdating, "Clinique", "https://example.org"),
            (answer.Status, answer.Profile.Name, answer.Profile.Websites.Single().Website));
        Assert.Equal(StatusEnum.OnlineUpdating, (await FetchAsync(fixture, sid)).Status);
        await fixture.Simulator.ReceiveAsync(new InboundMessage("whatsapp:+224620000001", SimulatorFixture.WhatsApp, "avant"));
        Assert.Equal("/inbound?t=1", fixture.Webhook.All.Single().Target);
        Assert.False(fixture.Simulator.IsIdle);

        fixture.Simulator.AdvanceClock(TimeSpan.FromMinutes(10));
        await fixture.IdleAsync();
        var changed = await FetchAsync(fixture, sid);
        Assert.Equal((StatusEnum.Online, "Clinique", "Bonjour"), (changed.Status, changed.Profile.Name, changed.Profile.About));
        await fixture.Simulator.ReceiveAsync(new InboundMessage("whatsapp:+224620000001", SimulatorFixture.WhatsApp, "après"));
        Assert.Equal("/new", fixture.Webhook.All[^1].Target);

        await UpdateAsync(fixture, sid, ProfileUpdate(profile => profile.WithAddress("Conakry")));
        fixture.Simulator.AdvanceClock(TimeSpan.FromMinutes(10));
        await fixture.IdleAsync();
        changed = await FetchAsync(fixture, sid);
        Assert.Equal(
            ("Clinique", "Conakry", fixture.Webhook.Url("/new")),
            (changed.Profile.Name, changed.Profile.Address, changed.Webhook.CallbackUrl));
    }

    [Fact]
    public async Task An_invalid_change_is_refused_at_once()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var sid = fixture.Simulator.WhatsAppSenders().Single().Sid;
        Assert.Equal((20422, 400), await RefusedAsync(() =>
            UpdateAsync(fixture, sid, ProfileUpdate(profile => profile.WithAbout(new string('x', 140))))));
        Assert.Equal((20422, 400), await RefusedAsync(() =>
            UpdateAsync(fixture, sid, ProfileUpdate(profile => profile.WithName(" ")))));
        Assert.Equal((20422, 400), await RefusedAsync(() =>
            UpdateAsync(fixture, sid, ProfileUpdate(profile => profile.WithLogoUrl("logo.png")))));
        Assert.Equal((20422, 400), await RefusedAsync(() =>
            UpdateAsync(fixture, sid, new MessagingV2ChannelsSenderRequestsUpdate.Builder()
                .WithWebhook(new MessagingV2ChannelsSenderWebhook.Builder().WithCallbackUrl("/in").Build())
                .Build())));
        Assert.Equal(StatusEnum.Online, (await FetchAsync(fixture, sid)).Status);
    }

    [Fact]
    public async Task A_sender_is_created_and_goes_online()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var create = new MessagingV2ChannelsSenderRequestsCreate.Builder()
            .WithSenderId("whatsapp:+15145550177")
            .WithWebhook(new MessagingV2ChannelsSenderWebhook.Builder().WithCallbackUrl(fixture.Webhook.Url("/inbound")).Build())
            .Build();
        var created = await ChannelsSenderResource.CreateAsync(new CreateChannelsSenderOptions(create), fixture.Client);
        Assert.Equal(StatusEnum.Creating, created.Status);
        await fixture.IdleAsync();
        var inbound = await fixture.Simulator.ReceiveAsync(new InboundMessage("whatsapp:+224620000001", "whatsapp:+15145550177", "x"));
        Assert.Equal(204, inbound.WebhookStatus);
        Assert.Equal((20422, 400), await RefusedAsync(() =>
            ChannelsSenderResource.CreateAsync(new CreateChannelsSenderOptions(create), fixture.Client)));
    }

    [Fact]
    public async Task Status_quality_limit_and_reasons_are_settable_here_and_over_http()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        fixture.Simulator.ChangeWhatsAppSender(SimulatorFixture.WhatsApp, sender => sender with
        {
            Status = "OFFLINE",
            OfflineReasons = [new("63020", "Not accepted")],
        });
        var sid = fixture.Simulator.WhatsAppSenders().Single().Sid;
        var offline = await FetchAsync(fixture, sid);
        Assert.Equal((StatusEnum.Offline, "63020"), (offline.Status, offline.OfflineReasons.Single().Code));
        await UpdateAsync(fixture, sid, ProfileUpdate(profile => profile.WithName("Taxi")));
        await fixture.IdleAsync();
        Assert.Equal(
            (StatusEnum.Offline, "Taxi"),
            ((await FetchAsync(fixture, sid)).Status, (await FetchAsync(fixture, sid)).Profile.Name));

        using var http = new HttpClient { BaseAddress = fixture.Simulator.BaseUrl };
        using var answer = await http.PostAsJsonAsync("/_sim/whatsapp-senders", new
        {
            senderId = SimulatorFixture.WhatsApp,
            status = "ONLINE",
            qualityRating = "LOW",
            messagingLimit = "250 Customers/24hr",
            offlineReasons = Array.Empty<object>(),
        });
        Assert.True(answer.IsSuccessStatusCode);
        var online = await FetchAsync(fixture, sid);
        Assert.Equal(
            (StatusEnum.Online, "LOW", "250 Customers/24hr"),
            (online.Status, online.Properties.QualityRating, online.Properties.MessagingLimit));
        Assert.Null(online.OfflineReasons);

        fixture.Simulator.FailNext("senders.update", RestFault.CutAfter);
        await Assert.ThrowsAsync<ApiConnectionException>(() =>
            UpdateAsync(fixture, sid, ProfileUpdate(profile => profile.WithName("Clinique"))));
        await fixture.IdleAsync();
        Assert.Equal("Clinique", (await FetchAsync(fixture, sid)).Profile.Name);
    }

    private static MessagingV2ChannelsSenderRequestsUpdate ProfileUpdate(
        Func<MessagingV2ChannelsSenderProfile.Builder, MessagingV2ChannelsSenderProfile.Builder> with) =>
        new MessagingV2ChannelsSenderRequestsUpdate.Builder().WithProfile(with(new()).Build()).Build();

    private static Task<ChannelsSenderResource> FetchAsync(SimulatorFixture fixture, string sid) =>
        ChannelsSenderResource.FetchAsync(new FetchChannelsSenderOptions(sid), fixture.Client);

    private static Task<ChannelsSenderResource> UpdateAsync(
        SimulatorFixture fixture, string sid, MessagingV2ChannelsSenderRequestsUpdate update)
    {
        var options = new UpdateChannelsSenderOptions(sid) { MessagingV2ChannelsSenderRequestsUpdate = update };
        return ChannelsSenderResource.UpdateAsync(options, fixture.Client);
    }
}
