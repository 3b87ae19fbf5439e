using Relais.Campaigns;
using Relais.Kit;

namespace Functions.Tests.Campaigns;

public sealed class ResumeCampaignTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task FieldTrial_F03_Resuming_makes_postponed_messages_due()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 3);
        var id = await world.RunningCampaignAsync();
        await world.ExecuteAsync("""
            update campaigns set status = 'paused' where id = @Id;
            update messages set due_at = now() + interval '50 minutes', wait_reason = 'paused'
            where id = (select id from messages where campaign_id = @Id order by id limit 1);
            update messages set due_at = now() + interval '50 minutes', wait_reason = 'retry', status = 'retry'
            where id = (select id from messages where campaign_id = @Id order by id desc limit 1);
            """, new { Id = id });

        var resumed = await world.Get<ResumeCampaign>().RunAsync(world.Caller, id, world.Durable, default);

        Assert.Equal("running", resumed.Value.Status);
        Assert.Equal(
            1,
            await world.OneAsync<int>("select count(*) from messages where campaign_id = @Id and due_at > now()", new { Id = id }));
        Assert.Equal(
            "retry",
            await world.OneAsync<string>(
                "select wait_reason from messages where campaign_id = @Id and wait_reason is not null", new { Id = id }));
    }
}
