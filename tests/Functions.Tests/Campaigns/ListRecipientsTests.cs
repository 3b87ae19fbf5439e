using Relais.Campaigns;
using Relais.Campaigns.FollowUp;
using Relais.Kit;
using Relais.Platform.Http;

namespace Functions.Tests.Campaigns;

public sealed class ListRecipientsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Each_recipient_has_one_outcome_and_the_filter_finds_it()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 6);
        await world.ExecuteAsync("delete from contact_identities where contact_id = @Id", new { Id = world.Contact(6) });
        var id = await world.RunningCampaignAsync(world.Request() with { Message2 = new MessageContent { Type = "text", Body = "Merci" } });
        await SetStatusAsync(world, 1, "read", null);
        await SetStatusAsync(world, 2, "failed", "63016");
        await SetStatusAsync(world, 3, "skipped", "opted_out");
        await SetStatusAsync(world, 4, "delivered", null);
        await world.SystemDb.RunAsync(
            tx => RecordReply.RunAsync(
                tx, world.TenantId, world.SenderId, world.Contact(4), "oui", FixedClock.Start.AddMinutes(1), default),
            default);

        var all = await ReadAsync(world, id, null);

        Assert.Equal(["read", "failed", "skipped", "delivered", "pending", "skipped"], all.Select(recipient => recipient.Outcome));
        Assert.Equal([null, "63016", null, null, null, null], all.Select(recipient => recipient.ErrorCode));
        Assert.Equal([null, null, "opted_out", null, null, "no_phone"], all.Select(recipient => recipient.SkippedReason));
        Assert.Equal(new ListRecipients.Followup("pending", null), all[3].Followup);
        Assert.Equal([world.Contact(4)], (await ReadAsync(world, id, "replied")).Select(recipient => recipient.ContactId));
        Assert.Equal(
            [world.Contact(3), world.Contact(6)],
            (await ReadAsync(world, id, "skipped")).Select(recipient => recipient.ContactId));
        Assert.Equal([world.Contact(2)], (await ReadAsync(world, id, "failed")).Select(recipient => recipient.ContactId));
    }

    [Fact]
    public async Task A_campaign_of_another_tenant_or_an_unknown_outcome_is_refused()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await using var other = await CampaignFixture.CreateAsync(postgres);
        var id = await world.CreateCampaignAsync();

        Assert.Equal(
            "campaign_not_found",
            (await other.Get<ListRecipients>().RunAsync(other.TenantId, id, null, new PageQuery(null, 10), default)).Failure!.Code);
        Assert.Equal(
            "invalid_query",
            (await world.Get<ListRecipients>().RunAsync(world.TenantId, id, "lost", new PageQuery(null, 10), default)).Failure!.Code);
    }

    private static async Task<List<ListRecipients.Recipient>> ReadAsync(CampaignFixture world, Guid id, string? outcome)
    {
        var recipients = new List<ListRecipients.Recipient>();
        Guid? after = null;
        do
        {
            var page = (await world.Get<ListRecipients>().RunAsync(world.TenantId, id, outcome, new PageQuery(after, 2), default)).Value;
            recipients.AddRange(page.Recipients);
            after = page.Next;
        }
        while (after is not null);
        return recipients;
    }

    private static Task<int> SetStatusAsync(CampaignFixture world, int contact, string status, string? code) => world.ExecuteAsync("""
        update messages set status = @Status, error_code = @Code, claimed_at = @At, sent_at = @At where contact_id = @Contact
        """, new { Status = status, Code = code, Contact = world.Contact(contact), At = FixedClock.Start.UtcDateTime });
}
