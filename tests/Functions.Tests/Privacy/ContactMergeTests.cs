using Relais.Contacts;
using Relais.Kit;
using Relais.Webhooks;
using static Functions.Tests.Privacy.PrivacyFixture;

namespace Functions.Tests.Privacy;

/// <summary>A person whose WhatsApp user id and phone number belong to two contacts that are merged.</summary>
public sealed class ContactMergeTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string UserId = "GN.47110815";

    [Fact]
    public async Task A_message_with_both_identities_merges_two_contacts()
    {
        await using var world = await CreateAsync(postgres);
        await world.ReceiveAndProcessAsync(PrivateText, UserId);
        var imported = await world.ImportAsync(Phone);

        await world.ReceiveAndProcessAsync("Bonjour", Phone, UserId);

        Assert.Equal(
            [imported], await world.ListAsync<Guid>("select id from contacts where tenant_id = @Tenant", new { world.Tenant }));
        Assert.Equal(
            [UserId, Phone],
            await world.ListAsync<string>(
                "select value from contact_identities where contact_id = @imported order by kind desc", new { imported }));
        Assert.Equal(2, await world.OneAsync<int>("select count(*)::int from messages where contact_id = @imported", new { imported }));
        Assert.Equal(
            ["clients"],
            await world.ListAsync<string>("select unnest(tags) from contacts where id = @imported", new { imported }));
        Assert.Equal(
            imported.ToString(),
            await world.OneAsync<string>(
                "select subject_id from audit where tenant_id = @Tenant and action = 'contact.merge'", new { world.Tenant }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stop_from_the_user_id_suppresses_the_number(bool beforeTheMerge)
    {
        await using var world = await CreateAsync(postgres);
        await world.ReceiveAndProcessAsync(beforeTheMerge ? "STOP" : PrivateText, UserId);
        await world.ImportAsync(Phone);
        await world.ReceiveAndProcessAsync("Bonjour", Phone, UserId);
        if (!beforeTheMerge)
        {
            await world.ReceiveAndProcessAsync("STOP", UserId);
        }

        var campaign = await world.CampaignAsync();
        await world.PumpAsync();

        Assert.Equal(
            (0, 1),
            ((await world.ProgressAsync(campaign)).Sent, (await world.ProgressAsync(campaign)).SkippedBy["opted_out"]));
        await world.ReceiveAndProcessAsync("START", Phone, UserId);
        Assert.Empty(await world.SuppressedAsync());
    }

    [Fact]
    public async Task A_later_START_removes_the_suppression_of_both_addresses()
    {
        await using var world = await CreateAsync(postgres);
        await world.ReceiveAndProcessAsync("STOP", UserId);
        await world.ReceiveAndProcessAsync("START");

        await world.ReceiveAndProcessAsync("Bonjour", Phone, UserId);

        Assert.DoesNotContain(Phone, await world.SuppressedAsync());
    }

    [Theory]
    [InlineData(Phone)]
    [InlineData(UserId)]
    public async Task Erasing_one_address_erases_all_addresses_of_the_contact(string address)
    {
        await using var world = await CreateAsync(postgres);
        await world.ReceiveAndProcessAsync(PrivateText, UserId);
        await world.ImportAsync(Phone);
        await world.ReceiveAndProcessAsync("Bonjour", Phone, UserId);
        await world.CampaignAsync();
        await world.PumpAsync();

        await world.EraseAsync(address);

        Assert.Empty(await world.FindAnywhereAsync(Phone[1..]));
        Assert.Empty(await world.FindAnywhereAsync(UserId));
        Assert.Empty(await world.FindAnywhereAsync(PrivateText));
    }

    [Fact]
    public async Task A_stop_that_was_pending_during_the_erasure_suppresses_the_number()
    {
        await using var world = await CreateAsync(postgres);
        await world.ImportAsync(Phone);
        await world.ReceiveAndProcessAsync("Bonjour", Phone, UserId);
        await world.ReceiveAsync("STOP", UserId);
        await world.EraseAsync(Phone);

        await world.ImportAsync(Phone);

        Assert.Contains(Phone, await world.SuppressedAsync());
    }

    [Fact]
    public async Task A_campaign_with_both_contacts_keeps_one_recipient()
    {
        await using var world = await CreateAsync(postgres);
        const string Other = "+224627654321";
        await world.ImportAsync(Phone, Other);
        var campaign = await world.CampaignAsync();
        await world.ReceiveAndProcessAsync("Bonjour", Other, UserId);

        await world.ReceiveAndProcessAsync("Bonjour", Phone, UserId);

        Assert.Equal(
            ["+224621234567", "erased"],
            await world.ListAsync<string>(
                "select address from campaign_recipients where campaign_id = @campaign order by address", new { campaign }));
        await world.EraseAsync(Other);
        Assert.Empty(await world.FindAnywhereAsync(Phone[1..]));
        Assert.Empty(await world.FindAnywhereAsync(Other[1..]));
    }

    [Fact]
    public async Task FieldTrial_F05_A_reply_of_either_contact_counts_for_the_merged_contact()
    {
        await using var world = await CreateAsync(postgres);
        const string Other = "+224627654321";
        await world.ImportAsync(Phone, Other);
        var campaign = await world.CampaignAsync();
        await world.PumpAsync();
        await world.ReceiveAndProcessAsync("Oui", Other, UserId);

        await world.ReceiveAndProcessAsync("Bonjour", Phone, UserId);

        Assert.Equal(1, (await world.ProgressAsync(campaign)).Replied);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_merge_waits_for_imports_and_campaign_starts(bool import)
    {
        await using var world = await CreateAsync(postgres);
        await world.ReceiveAndProcessAsync(PrivateText, UserId);
        await world.ImportAsync(Phone);
        var (locked, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var holder = world.Db.RunAsync(world.Tenant, async tx =>
        {
            await (import
                ? ContactLocks.LockImportsAsync(tx, world.Tenant, default)
                : ContactLocks.BlockErasureAsync(tx, world.Tenant, default));
            locked.SetResult();
            await release.Task;
        }, default);
        await locked.Task;

        var merging = world.ReceiveAndProcessAsync("Bonjour", Phone, UserId);
        await world.WaitForBlockedTransactionsAsync(1);

        Assert.Equal(2, await world.OneAsync<int>("select count(*)::int from contacts where tenant_id = @Tenant", new { world.Tenant }));
        release.SetResult();
        await Task.WhenAll(holder, merging);
        Assert.Equal(1, await world.OneAsync<int>("select count(*)::int from contacts where tenant_id = @Tenant", new { world.Tenant }));
    }

    [Fact]
    public async Task Concurrent_messages_with_both_identities_create_one_contact()
    {
        await using var world = await CreateAsync(postgres);
        await world.ReceiveAndProcessAsync(PrivateText, UserId);
        await world.ImportAsync(Phone);
        var events = new List<Guid>();
        for (var n = 0; n < 6; n++)
        {
            events.Add(
                n % 2 == 0 ? await world.ReceiveAsync("Bonjour", Phone, userId: UserId) : await world.ReceiveAsync("Bonjour", UserId));
        }

        await Task.WhenAll(events.Select(id => world.Get<ProcessWebhookEvent>().RunAsync(id, default)));

        var contact = Assert.Single(
            await world.ListAsync<Guid>("select id from contacts where tenant_id = @Tenant", new { world.Tenant }));
        Assert.Equal(
            [contact],
            await world.ListAsync<Guid>(
                "select distinct contact_id from messages where tenant_id = @Tenant", new { world.Tenant }));
    }
}
