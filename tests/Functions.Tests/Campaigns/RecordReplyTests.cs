using Relais.Campaigns;
using Relais.Campaigns.FollowUp;
using Relais.Kit;

namespace Functions.Tests.Campaigns;

public sealed class RecordReplyTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly MessageContent Thanks = new() { Type = "text", Body = "Merci {{first_name}} !" };
    private static readonly DateTimeOffset Sent = FixedClock.Start;

    [Fact]
    public async Task A_hundred_concurrent_replies_queue_one_message_2()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await SentCampaignAsync(world);

        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => ReplyAsync(world, "oui", Sent.AddMinutes(1))));

        Assert.Equal(1, results.Count(wake => wake));
        var progress = await world.ProgressAsync(id);
        Assert.Equal((1, 1, 1), (progress.Replied, progress.FollowedUp, progress.Followup.Queued));
        Assert.Equal(1, await world.OneAsync<int>("""
            select count(*) from messages m join campaign_recipients r on r.followup_message_id = m.id
            where m.campaign_id = @Id and m.step = 2 and m.body = 'Merci Awa !' and m.lane = 0 and not m.marketing
              and m.stream_id = m.sender_id
              and m.status = 'pending' and m.expires_at = @Expires
            """, new { Id = id, Expires = Sent.AddMinutes(1).AddHours(24).UtcDateTime }));
    }

    [Theory]
    [InlineData("STOP")]
    [InlineData("arrêt !")]
    [InlineData("Start")]
    [InlineData("aide")]
    public async Task A_consent_keyword_does_not_count_as_reply(string text)
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await SentCampaignAsync(world);

        Assert.False(await ReplyAsync(world, text, Sent.AddMinutes(1)));

        Assert.Equal(0, (await world.ProgressAsync(id)).Replied);
    }

    [Theory]
    [InlineData(23, 59, true)]
    [InlineData(24, 1, false)]
    public async Task Only_a_reply_within_the_window_counts(int hours, int minutes, bool counts)
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await SentCampaignAsync(world);

        Assert.Equal(counts, await ReplyAsync(world, "oui", Sent.AddHours(hours).AddMinutes(minutes)));

        Assert.Equal(counts ? 1 : 0, (await world.ProgressAsync(id)).Replied);
    }

    [Fact]
    public async Task No_message_is_queued_for_an_erased_address()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await SentCampaignAsync(world);
        await world.ExecuteAsync(
            "update campaign_recipients set address = 'erased', variables = '{}' where campaign_id = @Id", new { Id = id });

        Assert.False(await ReplyAsync(world, "oui", Sent.AddMinutes(1)));

        var progress = await world.ProgressAsync(id);
        Assert.Equal((1, 0), (progress.Replied, progress.FollowedUp));
    }

    [Fact]
    public async Task A_reply_before_message_1_counts_for_no_campaign()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 1);
        await world.RunningCampaignAsync(world.Request() with { Message2 = Thanks });

        Assert.False(await ReplyAsync(world, "oui", Sent.AddMinutes(1)));
    }

    [Theory]
    [InlineData("running", true)]
    [InlineData("paused", true)]
    [InlineData("finished", true)]
    [InlineData("cancelling", false)]
    [InlineData("cancelled", false)]
    public async Task A_cancelled_campaign_counts_the_reply_and_sends_nothing(string status, bool followsUp)
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await SentCampaignAsync(world);
        await world.ExecuteAsync("update campaigns set status = @Status where id = @Id", new { Id = id, Status = status });

        Assert.Equal(followsUp, await ReplyAsync(world, "oui", Sent.AddMinutes(1)));

        var progress = await world.ProgressAsync(id);
        Assert.Equal((1, followsUp ? 1 : 0), (progress.Replied, progress.FollowedUp));
    }

    [Fact]
    public async Task A_reply_counts_for_the_latest_campaign()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var first = await SentCampaignAsync(world);
        var second = await world.RunningCampaignAsync(world.Request() with { Message2 = Thanks });
        await world.MarkAsync(second, "delivered", Sent.AddMinutes(5));

        await ReplyAsync(world, "oui", Sent.AddMinutes(6));
        await ReplyAsync(world, "encore oui", Sent.AddMinutes(7));

        Assert.Equal(1, (await world.ProgressAsync(second)).Replied);
        Assert.Equal(0, (await world.ProgressAsync(first)).Replied);
    }

    [Fact]
    public async Task A_reply_to_a_sender_of_another_tenant_does_not_count()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await using var other = await CampaignFixture.CreateAsync(postgres);
        var id = await SentCampaignAsync(world);

        var wake = await world.SystemDb.RunAsync(
            tx => RecordReply.RunAsync(tx, other.TenantId, other.SenderId, world.Contact(1), "oui", Sent.AddMinutes(1), default), default);

        Assert.False(wake);
        Assert.Equal(0, (await world.ProgressAsync(id)).Replied);
    }

    private static async Task<Guid> SentCampaignAsync(CampaignFixture world)
    {
        await world.AddContactsAsync(1, 1);
        var id = await world.RunningCampaignAsync(world.Request() with { Message2 = Thanks });
        await world.MarkAsync(id, "sent", Sent);
        return id;
    }

    private static Task<bool> ReplyAsync(CampaignFixture world, string text, DateTimeOffset at) =>
        world.SystemDb.RunAsync(
            tx => RecordReply.RunAsync(tx, world.TenantId, world.SenderId, world.Contact(1), text, at, default), default);
}
