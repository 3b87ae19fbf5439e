using Functions.Tests.Sending;
using Relais.Kit;

namespace Functions.Tests.Numbers;

public sealed class RetiredSenderTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Pending_messages_of_a_retired_sender_fail()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var campaign = await world.CampaignAsync();
        var messages = await world.MessagesAsync(3, campaign);
        var reply = Assert.Single(await world.MessagesAsync(1, firstRecipient: 50, lane: 0));
        await world.ExecuteAsync("update senders set retired_at = now() where id = @Sender", new { world.Sender });

        var result = await world.PumpAsync();

        Assert.Equal(0, result.Accepted);
        Assert.All(
            [.. messages, reply],
            message => Assert.Equal(
                "failed sender_retired",
                world.OneAsync<string>("select status || ' ' || error_code from messages where id = @message", new { message }).Result));
        var counters = await world.CountersAsync(campaign);
        Assert.Equal((3, 3), (counters["failed"], counters["failed:sender_retired"]));
        Assert.Equal(
            4,
            await world.OneAsync<int>(
                """
                select count(*)::int from message_events e join messages m on m.id = e.message_id
                where m.sender_id = @Sender and e.status = 'failed'
                """,
                new { world.Sender }));
    }
}
