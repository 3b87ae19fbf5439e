using Relais.Simulators;
using Twilio.Rest.Api.V2010.Account;

namespace Simulators.Tests;

public sealed class DeliveryTests
{
    [Theory]
    [InlineData("+224620000001", "sending,sent,delivered")]
    [InlineData("whatsapp:+224620000001", "sending,sent,delivered,read")]
    public async Task A_message_goes_through_its_statuses_in_order_and_each_callback_is_signed(string to, string statuses)
    {
        await using var fixture = await SimulatorFixture.StartAsync(options =>
            options with { Delivery = new() { SendingCallbacks = true } });
        var sent = await fixture.SendAsync(to);
        await fixture.IdleAsync();
        Assert.Equal(MessageResource.StatusEnum.Queued, sent.Status);
        Assert.Equal(statuses.Split(','), fixture.Webhook.Statuses(sent.Sid));
        Assert.All(fixture.Webhook.All, received => Assert.True(received.IsSigned, received.Target));
        Assert.All(
            fixture.Webhook.All,
            received => Assert.StartsWith("/status?tenant=7&message=", received.Target, StringComparison.Ordinal));
        var last = fixture.Webhook.All[^1].Form;
        Assert.Equal((sent.Sid, sent.Sid, to), (last["MessageSid"], last["SmsSid"], last["To"]));
        Assert.Equal(last["MessageStatus"], last["SmsStatus"]);
        Assert.Equal(SimulatedAccount.Demo.Sid, last["AccountSid"]);
        Assert.Equal(to.StartsWith('w'), last.ContainsKey("ChannelPrefix"));
        Assert.Equal(last["MessageStatus"], (await MessageResource.FetchAsync(sent.Sid, client: fixture.Client)).Status.ToString());
    }

    [Fact]
    public async Task Statuses_take_their_time()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options =>
            options with { Delivery = new() { SentMs = 60_000, DeliveredMs = 3_600_000 } });
        var sent = await fixture.SendAsync("+224620000001");
        Assert.Empty(fixture.Webhook.All);
        fixture.Simulator.AdvanceClock(TimeSpan.FromMinutes(1));
        await Relais.Kit.Wait.UntilAsync(() => fixture.Webhook.Statuses(sent.Sid).SequenceEqual(["sent"]));
        fixture.Simulator.AdvanceClock(TimeSpan.FromHours(1));
        await fixture.IdleAsync();
        Assert.Equal(["sent", "delivered"], fixture.Webhook.Statuses(sent.Sid));
    }

    [Fact]
    public async Task A_sender_lets_its_queue_out_at_its_rate()
    {
        await using var fixture = await SimulatorFixture.StartAsync(sender: s => s with { RatePerSecond = 1 });
        var sids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            sids.Add((await fixture.SendAsync($"+22462000000{i}")).Sid);
        }

        await Relais.Kit.Wait.UntilAsync(() => fixture.Webhook.Statuses(sids[0]).Count == 2);
        Assert.Empty(fixture.Webhook.Statuses(sids[4]));
        fixture.Simulator.AdvanceClock(TimeSpan.FromSeconds(5));
        await fixture.IdleAsync();
        Assert.All(sids, sid => Assert.Equal(["sent", "delivered"], fixture.Webhook.Statuses(sid)));
    }

    [Fact]
    public async Task A_message_that_outlives_its_validity_in_the_queue_is_never_sent()
    {
        await using var fixture = await SimulatorFixture.StartAsync(sender: s => s with { RatePerSecond = 1 });
        for (var i = 0; i < 4; i++)
        {
            await fixture.SendAsync($"+22462000000{i}");
        }

        var late = await fixture.SendAsync("+224620000009", with: options => options.ValidityPeriod = 2);
        fixture.Simulator.AdvanceClock(TimeSpan.FromSeconds(10));
        await fixture.IdleAsync();
        Assert.Equal(["failed"], fixture.Webhook.Statuses(late.Sid));
        Assert.Equal(30036, (await MessageResource.FetchAsync(late.Sid, client: fixture.Client)).ErrorCode);
    }

    [Fact]
    public async Task No_more_callbacks_are_open_at_once_than_allowed()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options => options with { MaxConcurrentCallbacks = 3 });
        fixture.Webhook.Answer = http => Task.Delay(20);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => fixture.SendAsync($"+2246200000{i:00}")));
        await fixture.IdleAsync();
        Assert.Equal(60, fixture.Webhook.All.Count);
        Assert.InRange(fixture.Webhook.MostAtOnce, 2, 3);
    }

    [Fact]
    public async Task A_callback_is_tried_again_only_as_its_url_says()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        fixture.Webhook.Answer = http =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var once = await fixture.SendAsync("+15005553400");
        var thrice = await fixture.SendAsync(
            "+15005553401", with: options => options.StatusCallback = new Uri(fixture.Webhook.Url("/status#rc=2&rp=5xx,ct")));
        await fixture.IdleAsync();
        Assert.Single(fixture.Webhook.Statuses(once.Sid));
        var tries = fixture.Webhook.All.Where(received => received.Form["MessageSid"] == thrice.Sid).ToList();
        Assert.Equal(3, tries.Count);
        Assert.Single(tries.Select(received => received.Token).Distinct());
        Assert.All(tries, received => Assert.True(received.IsSigned));
    }

    [Fact]
    public async Task A_reset_drops_pending_work()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options => options with { Delivery = new() { SentMs = 60_000 } });
        await fixture.SendAsync("+224620000001");
        fixture.Simulator.Reset();
        fixture.Simulator.AdvanceClock(TimeSpan.FromHours(1));
        await fixture.IdleAsync();
        Assert.Empty(fixture.Webhook.All);
        Assert.Equal(0, fixture.Simulator.Report().Accepted);
    }
}
