using Relais.Channels;
using Relais.Kit;
using Relais.Sending.Overdue;

namespace Functions.Tests.Sending;

public sealed class PollOverdueStatusesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Review_B08_Messages_without_a_sid_do_not_block_polling_of_the_others()
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 1000);
        var ids = await world.MessagesAsync(120);
        await world.PumpAsync();
        await world.ExecuteAsync("""
            update messages set claimed_at = now() - interval '3 hours', provider_sid = null;
            update messages set claimed_at = now() - interval '2 hours', provider_sid = 'SMasked' where id = @Id
            """, new { Id = ids[^1] });
        world.Provider.Listed[""] = [new ListedMessage("SMasked", "delivered", null, DateTimeOffset.UtcNow, "Bonjour")];

        await world.Get<PollOverdueStatuses>().RunAsync(default);

        Assert.Equal("delivered", await world.StatusAsync(ids[^1]));
        Assert.Equal(
            0, await world.OneAsync<int>("select count(*)::int from messages where provider_sid is null and polled_at is not null"));
    }

    [Fact]
    public async Task Review_B08_One_run_polls_more_than_a_page()
    {
        await using var world = await SendingFixture.CreateAsync(await postgres.CreateDatabaseAsync(), paceUnits: 1000);
        var ids = await world.MessagesAsync(250);
        await world.PumpAsync();
        await world.ExecuteAsync("update messages set claimed_at = now() - interval '2 hours', provider_sid = 'SM' || id");
        world.Provider.Listed[""] = ids.ConvertAll(id => new ListedMessage($"SM{id}", "delivered", null, DateTimeOffset.UtcNow, "Bonjour"));

        await world.Get<PollOverdueStatuses>().RunAsync(default);

        Assert.Equal(250, await world.OneAsync<int>("select count(*)::int from messages where status = 'delivered'"));
    }
}
