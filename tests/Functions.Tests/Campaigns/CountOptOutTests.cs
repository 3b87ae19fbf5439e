using Relais.Campaigns.FollowUp;
using Relais.Kit;

namespace Functions.Tests.Campaigns;

public sealed class CountOptOutTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset Sent = FixedClock.Start;

    [Theory]
    [InlineData("claimed")]
    [InlineData("unknown")]
    [InlineData("accepted")]
    [InlineData("queued")]
    public async Task Review_B04_An_opt_out_counts_before_the_message_is_reported_as_sent(string status)
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await CreateCampaignAsync(world, status);
        await world.ExecuteAsync("update messages set sent_at = null where campaign_id = @Id", new { Id = id });

        await OptOutAsync(world, Sent.AddSeconds(1));

        Assert.Equal(1, (await world.ProgressAsync(id)).OptedOut);
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("canceled")]
    [InlineData("expired")]
    [InlineData("skipped")]
    public async Task Review_B04_An_opt_out_does_not_count_for_an_unsent_message(string status)
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await CreateCampaignAsync(world, status);

        await OptOutAsync(world, Sent.AddSeconds(1));

        Assert.Equal(0, (await world.ProgressAsync(id)).OptedOut);
    }

    [Theory]
    [InlineData(-2, 0, false)]
    [InlineData(0, 1, true)]
    [InlineData(23 * 60 + 59, 0, true)]
    [InlineData(24 * 60 + 1, 0, false)]
    public async Task Review_B04_An_opt_out_counts_within_the_window_only(int minutes, int seconds, bool counts)
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var id = await CreateCampaignAsync(world, "delivered");

        await OptOutAsync(world, Sent.AddMinutes(minutes).AddSeconds(seconds));

        Assert.Equal(counts ? 1 : 0, (await world.ProgressAsync(id)).OptedOut);
    }

    [Fact]
    public async Task Review_B04_An_opt_out_counts_once_for_the_latest_campaign()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var first = await CreateCampaignAsync(world, "delivered");
        var second = await world.RunningCampaignAsync();
        await world.MarkAsync(second, "sent", Sent.AddMinutes(5));

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => OptOutAsync(world, Sent.AddMinutes(6))));

        Assert.Equal((0, 1), ((await world.ProgressAsync(first)).OptedOut, (await world.ProgressAsync(second)).OptedOut));
    }

    [Fact]
    public async Task Review_B04_An_opt_out_does_not_count_for_another_tenant()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await using var other = await CampaignFixture.CreateAsync(postgres);
        var id = await CreateCampaignAsync(world, "delivered");

        await world.SystemDb.RunAsync(
            tx => CountOptOut.RunAsync(tx, other.TenantId, other.SenderId, world.Contact(1), Sent.AddMinutes(1), default), default);

        Assert.Equal(0, (await world.ProgressAsync(id)).OptedOut);
    }

    private static async Task<Guid> CreateCampaignAsync(CampaignFixture world, string status)
    {
        await world.AddContactsAsync(1, 1);
        var id = await world.RunningCampaignAsync();
        await world.MarkAsync(id, status, Sent);
        return id;
    }

    private static Task OptOutAsync(CampaignFixture world, DateTimeOffset at) =>
        world.SystemDb.RunAsync(tx => CountOptOut.RunAsync(tx, world.TenantId, world.SenderId, world.Contact(1), at, default), default);
}
