using Functions.Tests.Campaigns;
using Functions.Tests.Sending;
using Relais.Access;
using Relais.Accounts;
using Relais.Kit;
using Relais.Sending;

namespace Functions.Tests.Accounts;

/// <summary>Tests the messages of senders whose provider account was removed.</summary>
public sealed class AccountAbandonTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pending_messages_of_an_abandoned_account_fail_and_are_counted(bool bySweep)
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 3);
        var campaign = await world.RunningCampaignAsync();
        await world.ExecuteAsync("""
            update campaigns set status = 'finished' where id = @campaign;
            update messages m set status = n.status, attempt = 1, claimed_at = now()
            from (select id, (array['pending', 'retry', 'unknown'])[row_number() over (order by id)] as status from messages
              where campaign_id = @campaign) n
            where m.id = n.id;
            """, new { campaign });

        if (bySweep)
        {
            await world.ExecuteAsync(
                "update senders set account_id = null, retired_at = now() where id = @SenderId", new { world.SenderId });
            await world.SystemDb.RunAsync(tx => FailMessagesWithoutAccount.FailPageAsync(tx, world.Clock.GetUtcNow(), default), default);
        }
        else
        {
            Assert.Null(
                await new DeleteCredentials(world.Db, world.Clock).RunAsync(world.Caller with { Role = Role.Owner }, true, default));
        }

        Assert.Equal(
            ["failed sender_retired", "failed sender_retired", "failed unknown_outcome"],
            await world.ListAsync<string>(
                """
                select status || ' ' || error_code from messages where campaign_id = @campaign and ended_at is not null order by error_code
                """,
                new { campaign }));
        var progress = await world.ProgressAsync(campaign);
        Assert.Equal((0, 3), (progress.Queued, progress.Failed));
    }

    [Fact]
    public async Task Claimed_messages_of_a_removed_account_fail_after_the_deadline()
    {
        await using var world = await SendingFixture.CreateAsync(postgres.Database);
        var messages = await world.MessagesAsync(2);
        await world.ExecuteAsync("""
            update messages set status = 'claimed', attempt = 1,
              claimed_at = now() - case id when @Old then interval '2 minutes' else interval '1 second' end where sender_id = @Sender;
            update senders set account_id = null, retired_at = now() where id = @Sender;
            """, new { Old = messages[0], world.Sender });

        await world.SystemDb.RunAsync(tx => FailMessagesWithoutAccount.FailPageAsync(tx, DateTimeOffset.UtcNow, default), default);

        Assert.Equal(("failed", "claimed"), (await world.StatusAsync(messages[0]), await world.StatusAsync(messages[1])));
    }
}
