using Twilio.Exceptions;
using Twilio.Rest.Api.V2010.Account;

namespace Simulators.Tests;

public sealed class MessageListTests
{
    [Fact]
    public async Task Messages_are_listed_newest_first_over_pages()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var sids = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            sids.Add((await fixture.SendAsync($"+2246200000{i:00}")).Sid);
        }

        sids.Reverse();
        var listed = await MessageResource.ReadAsync(new ReadMessageOptions { PageSize = 10 }, fixture.Client);
        Assert.Equal(sids, listed.Select(message => message.Sid));
        var few = await MessageResource.ReadAsync(new ReadMessageOptions { Limit = 3 }, fixture.Client);
        Assert.Equal(sids[..3], few.Select(message => message.Sid));
    }

    [Fact]
    public async Task Filters_by_recipient_sender_and_time_hold_together()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var first = await fixture.SendAsync("+224620000001");
        fixture.Simulator.AdvanceClock(TimeSpan.FromDays(2));
        var second = await fixture.SendAsync("+224620000001");
        await fixture.SendAsync("+224620000002");
        await fixture.Simulator.ReceiveAsync(new("+224620000001", SimulatorFixture.Sms, "Oui"));
        await fixture.IdleAsync();
        async Task<string[]> ReadAsync(ReadMessageOptions options) =>
            [.. (await MessageResource.ReadAsync(options, fixture.Client)).Select(message => message.Sid)];
        var now = fixture.Simulator.Now.UtcDateTime;

        Assert.Equal([second.Sid, first.Sid], await ReadAsync(new() { To = "+224620000001" }));
        Assert.Equal([second.Sid], await ReadAsync(new() { To = "+224620000001", DateSentAfter = now.AddHours(-1) }));
        Assert.Equal([first.Sid], await ReadAsync(new() { To = "+224620000001", DateSentBefore = now.AddHours(-1) }));
        Assert.Equal([first.Sid], await ReadAsync(new() { To = "+224620000001", DateSent = now.AddDays(-2) }));
        Assert.Single(await ReadAsync(new() { From = "+224620000001" }));
        Assert.Equal(3, (await ReadAsync(new() { From = SimulatorFixture.Sms })).Length);
        Assert.Empty(await ReadAsync(new() { To = "+224620000001", From = SimulatorFixture.WhatsApp }));
    }

    [Fact]
    public async Task A_message_just_accepted_is_found_before_it_is_sent()
    {
        await using var fixture = await SimulatorFixture.StartAsync(options => options with { Delivery = new() { SendingMs = 60_000 } });
        var sent = await fixture.SendAsync("+224620000001");
        var lastMinute = new ReadMessageOptions { To = "+224620000001", DateSentAfter = DateTime.UtcNow.AddMinutes(-1) };
        var found = await MessageResource.ReadAsync(lastMinute, fixture.Client);
        Assert.Equal([sent.Sid], found.Select(message => message.Sid));
    }

    [Fact]
    public async Task A_body_is_redacted_and_a_message_deleted()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var sent = await fixture.SendAsync("+224620000001");
        await fixture.IdleAsync();
        Assert.Equal("", (await MessageResource.UpdateAsync(new UpdateMessageOptions(sent.Sid) { Body = "" }, fixture.Client)).Body);
        Assert.True(await MessageResource.DeleteAsync(new DeleteMessageOptions(sent.Sid), fixture.Client));
    }

    [Fact]
    public async Task Review_B20_A_deleted_message_is_not_found_any_more_and_still_counted()
    {
        await using var fixture = await SimulatorFixture.StartAsync();
        var (sent, other) = (await fixture.SendAsync("+224620000001"), await fixture.SendAsync("+224620000001"));
        await fixture.IdleAsync();
        Assert.True(await MessageResource.DeleteAsync(new DeleteMessageOptions(sent.Sid), fixture.Client));

        Assert.Equal((20404, 404), await RefusedAsync(() => MessageResource.FetchAsync(new FetchMessageOptions(sent.Sid), fixture.Client)));
        Assert.Equal((20404, 404), await RefusedAsync(() =>
            MessageResource.DeleteAsync(new DeleteMessageOptions(sent.Sid), fixture.Client)));
        Assert.Equal((20404, 404), await RefusedAsync(() =>
            MessageResource.UpdateAsync(new UpdateMessageOptions(sent.Sid) { Body = "" }, fixture.Client)));
        var listed = await MessageResource.ReadAsync(new ReadMessageOptions { To = "+224620000001" }, fixture.Client);
        Assert.Equal([other.Sid], listed.Select(message => message.Sid));
        Assert.Equal(2, fixture.Simulator.Report().Accepted);
    }

    private static async Task<(int Code, int Status)> RefusedAsync(Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<ApiException>(call);
        return (refusal.Code, refusal.Status);
    }
}
