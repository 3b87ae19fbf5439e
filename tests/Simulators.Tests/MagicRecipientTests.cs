using Relais.Simulators;
using Twilio.Exceptions;
using Twilio.Rest.Api.V2010.Account;

namespace Simulators.Tests;

public sealed class MagicRecipientTests
{
    [Theory]
    [InlineData("10", "delivered", 0, "sent,delivered")]
    [InlineData("11", "read", 0, "sent,delivered,read")]
    [InlineData("12", "undelivered", 30003, "sent,undelivered")]
    [InlineData("13", "undelivered", 30005, "sent,undelivered")]
    [InlineData("14", "undelivered", 30006, "sent,undelivered")]
    [InlineData("15", "undelivered", 30007, "sent,undelivered")]
    [InlineData("16", "failed", 30008, "failed")]
    [InlineData("17", "failed", 63024, "failed")]
    [InlineData("18", "failed", 63016, "failed")]
    [InlineData("19", "failed", 63015, "failed")]
    [InlineData("34", "sent", 0, "sent")]
    [InlineData("39", "failed", 63018, "failed")]
    [InlineData("40", "failed", 63049, "failed")]
    public async Task A_range_ends_as_documented(string range, string status, int code, string callbacks)
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var sent = await fixture.SendAsync($"whatsapp:+1500555{range}42");
        await fixture.IdleAsync();
        var message = await MessageResource.FetchAsync(sent.Sid, client: fixture.Client);
        Assert.Equal((status, code), (message.Status.ToString(), message.ErrorCode ?? 0));
        Assert.Equal(callbacks.Split(','), fixture.Webhook.Statuses(sent.Sid));
        Assert.Equal(code == 0 ? null : $"{code}", fixture.Webhook.All[^1].Form.GetValueOrDefault("ErrorCode"));
    }

    [Theory]
    [InlineData("+15005550001", 21211, 400)]
    [InlineData("+15005550002", 21612, 400)]
    [InlineData("+15005550003", 21408, 400)]
    [InlineData("+15005550004", 21610, 400)]
    [InlineData("+15005550009", 21614, 400)]
    [InlineData("+15005552000", 21211, 400)]
    [InlineData("+15005552100", 21610, 400)]
    [InlineData("+15005552200", 20429, 429)]
    [InlineData("+15005552300", 20500, 500)]
    [InlineData("+15005552400", 0, 0)]
    public async Task A_range_is_refused_as_documented(string to, int code, int status)
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var refused = await Assert.ThrowsAsync<ApiException>(() => fixture.SendAsync(to));
        Assert.Equal((code, status), (refused.Code, refused.Status));
        var report = fixture.Simulator.Report();
        Assert.Equal((1, 0), (report.Requests, report.Accepted));
        Assert.Equal(1, report.RefusedByCode[code == 0 ? 503 : code]);
    }

    [Theory]
    [InlineData("25", 0, "")]
    [InlineData("26", 1, "sent,delivered")]
    [InlineData("27", 0, "")]
    [InlineData("28", 1, "sent,delivered")]
    [InlineData("38", 1, "")]
    public async Task An_answer_is_lost_before_or_after_acceptance(string range, int accepted, string callbacks)
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var client = range is "25" or "26" ? fixture.Impatient : fixture.Client;
        await Assert.ThrowsAsync<ApiConnectionException>(() => fixture.SendAsync($"+1500555{range}00", client: client));
        await fixture.IdleAsync();
        var report = fixture.Simulator.Report();
        Assert.Equal((accepted, 1), (report.Accepted, report.Unanswered));
        Assert.Equal(callbacks, string.Join(',', fixture.Webhook.All.Select(received => received.Form["MessageStatus"])));

        var toRecipient = new ReadMessageOptions { To = $"+1500555{range}00", Limit = 20 };
        var found = (await MessageResource.ReadAsync(toRecipient, fixture.Client)).ToList();
        Assert.Equal(accepted, found.Count);
    }

    [Fact]
    public async Task A_callback_may_come_before_the_answer()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var answered = false;
        var tooEarly = false;
        fixture.Webhook.Answer = http =>
        {
            tooEarly |= !Volatile.Read(ref answered);
            return Task.CompletedTask;
        };
        var sent = await fixture.SendAsync("+15005552900");
        Volatile.Write(ref answered, true);
        await fixture.IdleAsync();
        Assert.True(tooEarly);
        Assert.Equal(["sent", "delivered"], fixture.Webhook.Statuses(sent.Sid));
    }

    [Theory]
    [InlineData("30", "sent,sent,sent,delivered,delivered,delivered")]
    [InlineData("31", "delivered,sent")]
    [InlineData("33", "")]
    [InlineData("42", "delivered,delivered,delivered,sent,sent,sent")]
    public async Task Callbacks_are_repeated_turned_round_or_dropped(string range, string statuses)
    {
        await using var fixture = await SimulatorFixture.StartAsync(options => options with { Faults = new() { LateByMs = 50 } });
        var sent = await fixture.SendAsync($"+1500555{range}00");
        await fixture.IdleAsync();
        Assert.Equal(statuses, string.Join(',', fixture.Webhook.Statuses(sent.Sid)));
        Assert.Equal("delivered", (await MessageResource.FetchAsync(sent.Sid, client: fixture.Client)).Status.ToString());
    }

    [Fact]
    public async Task Late_callbacks_come_late()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options => options with { Faults = new() { LateByMs = 3_600_000 } });
        var sent = await fixture.SendAsync("+15005553200");
        await Relais.Kit.Wait.UntilAsync(() => fixture.Simulator.Report().ByStatus.ContainsKey("delivered"));
        Assert.Empty(fixture.Webhook.All);
        fixture.Simulator.AdvanceClock(TimeSpan.FromHours(1));
        await fixture.IdleAsync();
        Assert.Equal(["sent", "delivered"], fixture.Webhook.Statuses(sent.Sid));
    }

    [Theory]
    [InlineData("35")]
    [InlineData("36")]
    public async Task Some_refuse_the_first_request_only(string range)
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        await Assert.ThrowsAsync<ApiException>(() => fixture.SendAsync($"+1500555{range}00"));
        await fixture.SendAsync($"+1500555{range}00");
        await fixture.IdleAsync();
        Assert.Equal(1, fixture.Simulator.Report().ByStatus["delivered"]);
    }

    [Fact]
    public async Task A_failure_that_is_tried_again_is_no_double_and_a_lost_answer_sent_again_is()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        await fixture.SendAsync("+15005553700", messageId: "retried");
        await fixture.IdleAsync();
        await fixture.SendAsync("+15005553700", messageId: "retried");
        await Assert.ThrowsAsync<ApiConnectionException>(() => fixture.SendAsync("+15005554100", messageId: "doubled"));
        await fixture.SendAsync("+15005554100", messageId: "doubled");
        await fixture.IdleAsync();
        var report = fixture.Simulator.Report();
        Assert.Equal((2, 2), (report.Messages, report.AcceptedAgain));
        Assert.Equal([new SentTwice("doubled", 2, "+15005554100")], report.SentTwice);
        Assert.Equal(1, report.ByErrorCode[30003]);
    }

    [Fact]
    public async Task Any_number_can_be_given_an_outcome()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        fixture.Simulator.SetOutcome("+224620000001", "undelivered-30005");
        await fixture.SendAsync("+224620000001");
        await fixture.IdleAsync();
        Assert.Equal(1, fixture.Simulator.Report().ByErrorCode[30005]);
        Assert.Throws<ArgumentException>(() => fixture.Simulator.SetOutcome("+224620000001", "nonsense"));
    }
}
