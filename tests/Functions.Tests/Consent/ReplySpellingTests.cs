using Functions.Tests.Privacy;
using Relais.Campaigns;
using Relais.Kit;

namespace Functions.Tests.Consent;

/// <summary>Tests replies whose sender number is spelled differently from the contact list.</summary>
public sealed class ReplySpellingTests(
    PostgresFixture postgres, AzuriteFixture storage) : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    [Theory]
    [MemberData(nameof(NumberSpellingTests.Pairs), MemberType = typeof(NumberSpellingTests))]
    public async Task FieldTrial_F05_A_reply_from_the_other_spelling_queues_message_2_once_for_the_listed_number(
        string listed, string writes)
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres, storage.ConnectionString);
        await NumberSpellingTests.AddContactAsync(world, listed);
        var campaign = await world.RunningCampaignAsync(world.Request() with
        {
            Message1 = new MessageContent { Type = "text", Body = "Bonjour !" },
            Message2 = new MessageContent { Type = "text", Body = "Merci !" },
        });
        await world.PumpAsync();

        await Task.WhenAll(world.ReceiveAndProcessAsync("Oui, avec plaisir", writes), world.ReceiveAndProcessAsync("Et encore", listed));

        Assert.Equal(
            [listed],
            await world.ListAsync<string>(
                "select contact_address from messages where campaign_id = @campaign and step = 2", new { campaign }));
        Assert.Equal(
            (1, 1),
            (
                (await world.ProgressAsync(campaign)).Replied,
                await world.OneAsync<int>("select count(*)::int from contacts where tenant_id = @Tenant", new { world.Tenant })));
    }
}
