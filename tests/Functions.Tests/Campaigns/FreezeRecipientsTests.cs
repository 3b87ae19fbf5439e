using Relais.Campaigns;
using Relais.Campaigns.Run;
using Relais.Kit;

namespace Functions.Tests.Campaigns;

public sealed class FreezeRecipientsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(25)]
    [InlineData(100)]
    public async Task Every_contact_of_the_audience_becomes_a_recipient_with_one_message(int pageSize)
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 50);
        await world.AddContactsAsync(51, 60, tag: "autres");
        var id = await world.StartCampaignAsync();

        await world.FreezeAllAsync(id, pageSize);

        var progress = await world.ProgressAsync(id);
        Assert.Equal((50, 50, 0), (progress.Planned, progress.Queued, progress.Skipped));
        Assert.Equal("running", await world.StatusAsync(id));
        Assert.Equal(50, await world.OneAsync<int>("""
            select count(*) from messages m join campaign_recipients r on r.message_id = m.id
            where m.campaign_id = @Id and m.body = 'Bonjour Awa !' and m.contact_id = r.contact_id and m.contact_address = r.address
              and m.stream_id = @Id and m.lane = 1 and m.step = 1 and m.marketing and m.status = 'pending' and m.units = 1
                and m.channel = 'whatsapp'
            """, new { Id = id }));
    }

    [Fact]
    public async Task A_page_repeated_after_a_crash_adds_nothing()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 30);
        var id = await world.StartCampaignAsync();
        var page = new FreezeRecipients.Input(world.Run(id), After: null);

        for (var i = 0; i < 3; i++)
        {
            await world.Db.RunAsync(world.TenantId, tx => world.Freeze.FreezeAsync(tx, page, 20, default), default);
        }

        var progress = await world.ProgressAsync(id);
        Assert.Equal((20, 20), (progress.Planned, progress.Queued));
        Assert.Equal("starting", await world.StatusAsync(id));
        Assert.Equal(20, await world.OneAsync<int>("select count(*) from messages where campaign_id = @Id", new { Id = id }));
    }

    [Fact]
    public async Task Concurrent_freezes_add_each_recipient_once()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 200);
        var id = await world.StartCampaignAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => world.FreezeAllAsync(id, 30)));

        var progress = await world.ProgressAsync(id);
        Assert.Equal((200, 200), (progress.Planned, progress.Queued));
        Assert.Equal(200, await world.OneAsync<int>("select count(*) from messages where campaign_id = @Id", new { Id = id }));
    }

    [Fact]
    public async Task Unreachable_contacts_are_skipped_with_a_reason()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 4);
        await world.AddContactsAsync(5, 6, firstName: "");
        await world.ExecuteAsync("delete from contact_identities where contact_id = @Id", new { Id = world.Contact(1) });
        await world.ExecuteAsync(
            """
            insert into suppressions (tenant_id, channel, address, since, source)
            values (@TenantId, 'whatsapp', '+224620000002', now(), 'keyword')
            """,
            new { world.TenantId });
        await world.ExecuteAsync(
            """
            insert into suppressions (tenant_id, channel, address, since, source)
            values (@TenantId, 'sms', '+224620000003', now(), 'keyword')
            """,
            new { world.TenantId });

        var id = await world.RunningCampaignAsync(
            world.Request() with { Message1 = new MessageContent { Type = "text", Body = "Bonjour {{prénom}} de {{Quartier}}" } });

        var progress = await world.ProgressAsync(id);
        Assert.Equal((6, 2, 4), (progress.Planned, progress.Queued, progress.Skipped));
        Assert.Equal(
            new Dictionary<string, long> { ["missing_variable:first_name"] = 2, ["no_phone"] = 1, ["opted_out"] = 1 },
            progress.SkippedBy);
        Assert.Equal(
            "Bonjour Awa de Kaloum",
            await world.OneAsync<string>("select distinct body from messages where campaign_id = @Id", new { Id = id }));
    }

    [Fact]
    public async Task Missing_variables_of_message_2_skip_the_recipient()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 1);

        var id = await world.RunningCampaignAsync(
            world.Request() with { Message2 = new MessageContent { Type = "text", Body = "{{code}}" } });

        Assert.Equal(new Dictionary<string, long> { ["missing_variable:code"] = 1 }, (await world.ProgressAsync(id)).SkippedBy);
    }

    [Fact]
    public async Task Template_values_are_kept_from_the_start()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 1);
        var template = new MessageContent
        {
            Type = "template",
            ContentSid = "HX0123456789abcdef0123456789abcdef",
            Variables = new Dictionary<string, TemplateVariable> { ["2"] = new(null, "10 %"), ["1"] = new("Prénom|client", null) },
        };

        var id = await world.RunningCampaignAsync(world.Request() with { Message1 = template, ExpiresAt = FixedClock.Start.AddHours(5) });
        await world.ExecuteAsync("update contacts set first_name = 'Binta' where id = @Id", new { Id = world.Contact(1) });

        Assert.Equal(
            """{"1": "Awa", "2": "10 %"}""",
            await world.OneAsync<string>("select content_variables::text from messages where campaign_id = @Id", new { Id = id }));
        Assert.Equal(
            """{"first_name": "Awa"}""",
            await world.OneAsync<string>("select variables::text from campaign_recipients where campaign_id = @Id", new { Id = id }));
        Assert.Equal(
            FixedClock.Start.AddHours(5).UtcDateTime,
            await world.OneAsync<DateTime>("select expires_at from messages where campaign_id = @Id", new { Id = id }));
    }

    [Fact]
    public async Task An_audience_can_be_a_list_of_contacts()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 10);

        var id = await world.RunningCampaignAsync(
            world.Request() with { Audience = new Audience { ContactIds = [world.Contact(2), world.Contact(9), Guid.Empty] } });

        Assert.Equal(
            [world.Contact(2), world.Contact(9)],
            await world.ListAsync<Guid>("select contact_id from campaign_recipients where campaign_id = @Id order by 1", new { Id = id }));
    }

    [Fact]
    public async Task A_paused_or_cancelled_campaign_freezes_no_recipients()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await world.AddContactsAsync(1, 5);
        var id = await world.StartCampaignAsync();
        await world.ExecuteAsync("update campaigns set status = 'paused' where id = @Id", new { Id = id });

        var output = await world.Freeze.RunAsync(new FreezeRecipients.Input(world.Run(id), null), default);

        Assert.Null(output.After);
        Assert.Equal(0, (await world.ProgressAsync(id)).Planned);
    }

    [Fact]
    public async Task An_sms_has_one_unit_per_segment()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres, "sms");
        await world.AddContactsAsync(1, 1);

        var id = await world.RunningCampaignAsync(
            world.Request() with { Message1 = new MessageContent { Type = "text", Body = new string('a', 161) } });

        Assert.Equal(2, await world.OneAsync<int>("select units from messages where campaign_id = @Id", new { Id = id }));
    }
}
