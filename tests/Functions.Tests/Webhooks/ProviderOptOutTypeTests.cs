using Relais.Kit;

namespace Functions.Tests.Webhooks;

/// <summary>The provider's own verdict on a message counts before our keyword list.</summary>
public sealed class ProviderOptOutTypeTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("PLUS RIEN", "STOP")]
    [InlineData("PLUS RIEN", "stop")]
    [InlineData("PLUS RIEN", " Stop ")]
    [InlineData("START", "STOP")]
    [InlineData("aide", "STOP")]
    [InlineData("", "STOP")]
    public async Task FieldTrial_F04_A_stop_by_the_provider_opts_out_and_is_no_reply(string body, string optOutType)
    {
        await using var world = await InboundFixture.CreateAsync(postgres);

        await world.HearAsync(world.Fields(("Body", body), ("OptOutType", optOutType)));

        Assert.Equal([InboundFixture.TheirNumber], await world.SuppressedAsync());
        Assert.Equal(["opt_out provider"], await world.LedgerAsync());
        Assert.Equal(0, await world.AnswersAsync());
        var progress = await world.Campaigns.ProgressAsync(world.CampaignId);
        Assert.Equal((0, 0, 1), (progress.Replied, progress.FollowedUp, progress.OptedOut));
    }

    [Theory]
    [InlineData("JE REVIENS", "START")]
    [InlineData("STOP", "start")]
    [InlineData("", "Start")]
    public async Task FieldTrial_F04_A_start_by_the_provider_opts_in_and_is_no_reply(string body, string optOutType)
    {
        await using var world = await InboundFixture.CreateAsync(postgres);
        await world.HearAsync(world.Fields(("Body", "STOP")));
        world.Campaigns.Clock.Advance(TimeSpan.FromMinutes(1));

        await world.HearAsync(world.Fields(("Body", body), ("OptOutType", optOutType)));

        Assert.Empty(await world.SuppressedAsync());
        Assert.Equal(["opt_out keyword", "opt_in provider"], await world.LedgerAsync());
        Assert.Equal((0, 0), ((await world.Campaigns.ProgressAsync(world.CampaignId)).Replied, await world.AnswersAsync()));
    }

    [Theory]
    [InlineData("C'est quoi ?", "HELP")]
    [InlineData("STOP", "HELP")]
    public async Task FieldTrial_F04_A_help_by_the_provider_is_no_reply(string body, string optOutType)
    {
        await using var world = await InboundFixture.CreateAsync(postgres);

        await world.HearAsync(world.Fields(("Body", body), ("OptOutType", optOutType)));

        Assert.Empty(await world.LedgerAsync());
        Assert.Equal((0, 0), ((await world.Campaigns.ProgressAsync(world.CampaignId)).Replied, await world.AnswersAsync()));
    }

    [Theory]
    [InlineData("STOP", "", 0)]
    [InlineData("STOP", "UNKNOWN", 0)]
    [InlineData("Oui", "UNKNOWN", 1)]
    [InlineData("Oui", "", 1)]
    public async Task FieldTrial_F04_A_verdict_that_we_do_not_know_leaves_the_keyword_list(string body, string optOutType, int replied)
    {
        await using var world = await InboundFixture.CreateAsync(postgres);

        await world.HearAsync(world.Fields(("Body", body), ("OptOutType", optOutType)));

        Assert.Equal(replied == 0 ? ["opt_out keyword"] : [], await world.LedgerAsync());
        Assert.Equal((replied, replied), ((await world.Campaigns.ProgressAsync(world.CampaignId)).Replied, await world.AnswersAsync()));
    }

    [Theory]
    [InlineData("sms", "", "2")]
    [InlineData("whatsapp", "whatsapp:", "1")]
    public async Task FieldTrial_F04_A_verdict_counts_on_messages_with_media_and_on_whatsapp(string channel, string prefix, string media)
    {
        await using var world = await InboundFixture.CreateAsync(postgres, channel);
        var fields = world.Fields(
            ("From", prefix + InboundFixture.TheirNumber), ("To", prefix + InboundFixture.OurNumber), ("Body", ""), ("NumMedia", media), ("MediaUrl0", "https://api.twilio.com/m"), ("OptOutType", "STOP"));

        await world.HearAsync(fields);

        Assert.Equal(["opt_out provider"], await world.LedgerAsync());
        Assert.Equal((0, 1), ((await world.Campaigns.ProgressAsync(world.CampaignId)).Replied, (await world.Campaigns.ProgressAsync(world.CampaignId)).OptedOut));
    }

    [Fact]
    public async Task FieldTrial_F04_A_stop_holds_from_the_transaction_that_stores_it()
    {
        await using var world = await InboundFixture.CreateAsync(postgres);

        var stored = await world.StoreAsync(world.Fields(("Body", "PLUS RIEN"), ("OptOutType", "STOP")));

        Assert.Equal([InboundFixture.TheirNumber], await world.SuppressedAsync());
        await world.Process.RunAsync(stored, default);
        Assert.Equal(["opt_out provider"], await world.LedgerAsync());
        Assert.Equal((stored, world.Campaigns.Contact(1)), await world.Campaigns.OneAsync<(Guid, Guid)>(
            "select c.message_id, c.contact_id from consents c join messages m on m.id = c.message_id where c.tenant_id = @TenantId", new { world.Campaigns.TenantId }));
    }
}
