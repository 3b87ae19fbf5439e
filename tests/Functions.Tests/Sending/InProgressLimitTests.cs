using Relais.Kit;
using Relais.Sending;
using Relais.Sending.Pump;

namespace Functions.Tests.Sending;

/// <summary>The limit bounds the number of messages whose outcome a crash would leave unknown.</summary>
public sealed class InProgressLimitTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Count = 400;

    [Theory]
    [InlineData(1, 60)]
    [InlineData(16, Count)]
    [InlineData(64, Count)]
    public async Task FieldTrial_F17_No_more_than_the_limit_is_claimed_or_unrecorded_while_recording_is_slow(int limit, int count)
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 100_000);
        await world.MessagesAsync(count);
        await world.ExecuteAsync("""
            create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.005); return new; end $$;
            create trigger slow before update on messages for each row when (old.status = 'claimed') execute function slow();
            """);

        var pumping = world.PumpAsync(new SendingOptions { MaxInProgress = limit });
        var (claimed, unrecorded) = (0, 0);
        while (!pumping.IsCompleted)
        {
            // The recorded count is read after the seen count: a message recorded in between only makes the difference smaller.
            var seen = world.Provider.ReceivedCalls.Count;
            var counts = await world.OneAsync<(int Claimed, int Recorded)>(
                "select (count(*) filter (where status = 'claimed'))::int, (count(*) filter (where status = 'queued'))::int from messages");
            (claimed, unrecorded) = (Math.Max(claimed, counts.Claimed), Math.Max(unrecorded, seen - counts.Recorded));
            await Task.Delay(5);
        }

        Assert.Equal(count, (await pumping).Accepted);
        Assert.InRange(claimed, 1, limit);
        Assert.InRange(unrecorded, 0, limit);
        Assert.Equal(count, await world.OneAsync<int>("select count(*)::int from messages where status = 'queued'"));
        Assert.Equal(count, world.Provider.ReceivedCalls.Count);
    }

    [Fact]
    public async Task FieldTrial_F17_Messages_that_cannot_be_recorded_keep_their_slots()
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 100_000);
        await world.MessagesAsync(200);
        await world.ExecuteAsync("""
            create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
            create trigger refuse before update on messages for each row when (old.status = 'claimed') execute function refuse();
            """);

        await world.PumpAsync(new SendingOptions { MaxInProgress = 32, PumpDuration = TimeSpan.FromSeconds(4) });

        Assert.InRange(world.Provider.ReceivedCalls.Count, 1, 32);
        Assert.Equal(
            world.Provider.ReceivedCalls.Count, await world.OneAsync<int>("select count(*)::int from messages where status = 'claimed'"));
        Assert.Equal(world.Provider.ReceivedCalls.Count, world.Measured("outcomes_not_recorded"));
    }

    [Fact]
    public void Waiting_ends_when_enough_slots_are_free()
    {
        var slots = new InProgressLimit(10);
        slots.Reserve(8);
        slots.MarkClaimed(6, 2);
        Assert.Equal((4, 6), (slots.FreeSlots, slots.QueuedCount));

        var waiting = slots.WaitForFreeSlotsAsync(maxQueued: 4, minFreeSlots: 6);
        slots.MarkDequeued();
        slots.MarkDequeued();
        Assert.False(waiting.IsCompleted);
        slots.MarkRecorded(2);

        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.True(slots.WaitForFreeSlotsAsync(4, 6).IsCompletedSuccessfully);
        Assert.False(slots.WaitForFreeSlotsAsync(3, 6).IsCompleted);
    }
}
