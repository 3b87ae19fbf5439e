using Relais.Kit;

namespace Functions.Tests.Webhooks;

/// <summary>The opt-out type that the provider reports takes precedence over the keyword list of the app.</summary>
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

        await world.StoreAndProcessAsync(world.Fields(("Body", body), ("OptOutType", optOutType)));

        Assert.Equal([InboundFixture.ContactNumber], await world.SuppressedAsync());
        Assert.Equal(["opt_out provider"], await world.ConsentHistoryAsync());
        Assert.Equal(0, await world.FollowUpCountAsync());
        var progress = await world.ProgressAsync(world.CampaignId);
        Assert.Equal((0, 0, 1), (progress.Replied, progress.FollowedUp, progress.OptedOut));
    }

    [Theory]
    [InlineData("JE REVIENS", "START")]
    [InlineData("STOP", "start")]
    [InlineData("", "Start")]
    public async Task FieldTrial_F04_A_start_by_the_provider_opts_in_and_is_no_reply(string body, string optOutType)
    {
        await using var world = await InboundFixture.CreateAsync(postgres);
        await world.StoreAndProcessAsync(world.Fields(("Body", "STOP")));
        world.Clock.Advance(TimeSpan.FromMinutes(1));

        await world.StoreAndProcessAsync(world.Fields(("Body", body), ("OptOutType", optOutType)));

        Assert.Empty(await world.SuppressedAsync());
        Assert.Equal(["opt_out keyword", "opt_in provider"], await world.ConsentHistoryAsync());
        Assert.Equal((0, 0), ((await world.ProgressAsync(world.CampaignId)).Replied, await world.FollowUpCountAsync()));
    }

    [Theory]
    [InlineData("C'est quoi ?", "HELP")]
    [InlineData("STOP", "HELP")]
    public async Task FieldTrial_F04_A_help_by_the_provider_is_no_reply(string body, string optOutType)
    {
        await using var world = await InboundFixture.CreateAsync(postgres);

        await world.StoreAndProcessAsync(world.Fields(("Body", body), ("OptOutType", optOutType)));

        Assert.Empty(await world.ConsentHistoryAsync());
        Assert.Equal((0, 0), ((await world.ProgressAsync(world.CampaignId)).Replied, await world.FollowUpCountAsync()));
    }

    [Theory]
    [InlineData("STOP", "", 0)]
    [InlineData("STOP", "UNKNOWN", 0)]
    [InlineData("Oui", "UNKNOWN", 1)]
    [InlineData("Oui", "", 1)]
    public async Task FieldTrial_F04_An_unknown_opt_out_type_leaves_the_decision_to_the_keyword_list(
        string body, string optOutType, int replied)
    {
        await using var world = await InboundFixture.CreateAsync(postgres);

        await world.StoreAndProcessAsync(world.Fields(("Body", body), ("OptOutType", optOutType)));

        Assert.Equal(replied == 0 ? ["opt_out keyword"] : [], await world.ConsentHistoryAsync());
        Assert.Equal(
            (replied, replied), ((await world.ProgressAsync(world.CampaignId)).Replied, await world.FollowUpCountAsync()));
    }

    [Theory]
    [InlineData("sms", "", "2")]
    [InlineData("whatsapp", "whatsapp:", "1")]
    public async Task FieldTrial_F04_The_opt_out_type_counts_with_media_and_on_whatsapp(string channel, string prefix, string media)
    {
        await using var world = await InboundFixture.CreateAsync(postgres, channel);
        var fields = world.Fields(
            ("From", prefix + InboundFixture.ContactNumber), ("To", prefix + InboundFixture.SenderNumber),
            ("Body", ""), ("NumMedia", media),
            ("MediaUrl0", "https://api.twilio.com/m"), ("OptOutType", "STOP"));

        await world.StoreAndProcessAsync(fields);

        Assert.Equal(["opt_out provider"], await world.ConsentHistoryAsync());
        Assert.Equal(
            (0, 1),
            ((await world.ProgressAsync(world.CampaignId)).Replied,
                (await world.ProgressAsync(world.CampaignId)).OptedOut));
    }

    [Fact]
    public async Task FieldTrial_F04_A_stop_is_recorded_in_the_transaction_that_stores_it()
    {
        await using var world = await InboundFixture.CreateAsync(postgres);

        var stored = await world.StoreAsync(world.Fields(("Body", "PLUS RIEN"), ("OptOutType", "STOP")));

        Assert.Equal([InboundFixture.ContactNumber], await world.SuppressedAsync());
        await world.Process.RunAsync(stored, default);
        Assert.Equal(["opt_out provider"], await world.ConsentHistoryAsync());
        Assert.Equal((stored, world.Contact(1)), await world.OneAsync<(Guid, Guid)>(
            "select c.message_id, c.contact_id from consents c join messages m on m.id = c.message_id where c.tenant_id = @TenantId",
            new { world.TenantId }));
    }
}
