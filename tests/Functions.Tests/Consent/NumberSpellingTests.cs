using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Functions.Tests.Privacy;
using Relais.Channels;
using Relais.Contacts.Import;
using Relais.Kit;
using Relais.Platform;
using Relais.Platform.Database;
using Relais.Privacy;
using Relais.Webhooks;

namespace Functions.Tests.Consent;

/// <summary>
/// WhatsApp writes the numbers of some countries differently from the contact list. Both spellings must be treated as one person.
/// </summary>
public sealed class NumberSpellingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    /// <summary>The number in the contact list, and the spelling of inbound messages.</summary>
    public static TheoryData<string, string> Pairs => new()
    {
        { "+525512345678", "+5215512345678" },
        { "+5215512345678", "+525512345678" },
        { "+5531987654321", "+553187654321" },
        { "+553187654321", "+5531987654321" },
        { "+541123456789", "+5491123456789" },
        { "+5491123456789", "+541123456789" },
        { "+54111523456789", "+5491123456789" },
        { "+22995123456", "+2290195123456" },
        { "+2290195123456", "+22995123456" },
        { "+22507123456", "+2250707123456" },
        { "+2250545123456", "+22545123456" },
    };

    [Fact]
    public async Task FieldTrial_F05_Stop_from_the_whatsapp_spelling_suppresses_the_imported_number()
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        var contact = await world.ImportAsync("+525512345678");
        var campaign = await world.CampaignAsync();

        await world.ReceiveAndProcessAsync("STOP", "+5215512345678");
        await world.PumpAsync();

        var progress = await world.ProgressAsync(campaign);
        Assert.Equal((0, 1), (progress.Sent, progress.SkippedBy.GetValueOrDefault("opted_out")));
        Assert.Equal([contact], await ContactsAsync(world));
        Assert.Equal(
            [contact],
            await world.ListAsync<Guid>(
                "select contact_id from messages where tenant_id = @Tenant and direction = 'in'", new { world.Tenant }));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task FieldTrial_F05_Stop_from_one_spelling_stops_campaigns_to_the_other(string listed, string writes)
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        var contact = await AddContactAsync(world, listed);
        var campaign = await world.CampaignAsync();

        await world.ReceiveAndProcessAsync("STOP", writes);
        await world.PumpAsync();
        var next = await world.CampaignAsync();

        Assert.Equal(1, (await world.ProgressAsync(campaign)).SkippedBy.GetValueOrDefault("opted_out"));
        Assert.Equal(1, (await world.ProgressAsync(next)).SkippedBy.GetValueOrDefault("opted_out"));
        Assert.Equal([contact], await ContactsAsync(world));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task FieldTrial_F05_Start_from_one_spelling_lifts_the_stop_of_the_other(string stops, string starts)
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        await AddContactAsync(world, stops);
        await world.ReceiveAndProcessAsync("STOP", stops);
        Assert.Single(await world.SuppressedAsync());

        await world.ReceiveAndProcessAsync("START", starts);

        Assert.Empty(await world.SuppressedAsync());
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task FieldTrial_F05_A_stop_processed_after_a_later_start_of_the_other_spelling_suppresses_nothing(
        string stops, string starts)
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        var stop = await world.ReceiveAsync("STOP", stops);
        var start = await world.ReceiveAsync("START", starts);

        await world.Get<ProcessWebhookEvent>().RunAsync(start, default);
        await world.Get<ProcessWebhookEvent>().RunAsync(stop, default);

        Assert.Empty(await world.SuppressedAsync());
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task FieldTrial_F05_Concurrent_first_messages_of_both_spellings_create_one_contact(string first, string second)
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        var events = new List<Guid>();
        for (var n = 0; n < 6; n++)
        {
            events.Add(await world.ReceiveAsync($"Bonjour {n}", n % 2 == 0 ? first : second));
        }

        await Task.WhenAll(events.Select(id => world.Get<ProcessWebhookEvent>().RunAsync(id, default)));

        var contact = Assert.Single(await ContactsAsync(world));
        Assert.Equal(
            [contact],
            await world.ListAsync<Guid>(
                "select distinct contact_id from messages where tenant_id = @Tenant", new { world.Tenant }));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task FieldTrial_F05_An_erasure_of_one_spelling_erases_the_other(string listed, string requested)
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        await AddContactAsync(world, listed);
        await world.CampaignAsync();
        await world.PumpAsync();
        await world.ReceiveAndProcessAsync(PrivacyFixture.PrivateText, requested);
        await world.ReceiveAndProcessAsync("STOP", listed);
        await world.ReceiveAsync(PrivacyFixture.PrivateText, requested);

        var erased = await world.EraseAsync(requested);

        Assert.Equal((1, 1, 1, 1), (erased.Contacts, erased.Identities, erased.ConsentProofs, erased.Suppressions));
        Assert.Empty(await world.FindAnywhereAsync(listed[1..]));
        Assert.Empty(await world.FindAnywhereAsync(requested[1..]));
        Assert.Empty(await world.FindAnywhereAsync(PrivacyFixture.PrivateText));
        foreach (var spelling in new[] { listed, requested })
        {
            var proof = await world.Get<GetConsentHistory>().RunAsync(world.Tenant, new DataSubjectRequest(spelling), default);
            Assert.Equal((1, 1), (proof.Entries.Count, proof.Refusals.Count));
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task FieldTrial_F05_The_stop_of_an_erased_person_returns_under_either_spelling(string erased, string returns)
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        await AddContactAsync(world, erased);
        await world.ReceiveAndProcessAsync("STOP", erased);
        await world.EraseAsync(erased);

        await world.ReceiveAndProcessAsync("Bonjour", returns);
        await AddTagAsync(world);
        var campaign = await world.CampaignAsync();

        Assert.Equal(1, (await world.ProgressAsync(campaign)).SkippedBy.GetValueOrDefault("opted_out"));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task FieldTrial_F05_A_hash_of_a_spelling_from_an_older_version_is_recognised(
        string hashed, string returns)
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        // Older versions hashed the spelling itself and not its key.
        var mac = HMACSHA256.HashData(new byte[32], Encoding.UTF8.GetBytes($"{world.Tenant:D}\n{hashed}"));
        var hash = $"{world.Hash.Prefix}{Base64Url.EncodeToString(mac)}";
        await world.ExecuteAsync("""
            insert into suppressions (tenant_id, channel, address, since, source) values (@Tenant, 'whatsapp', @hash, now(), 'keyword');
            insert into consent_proofs (id, tenant_id, channel, address_hash, kind, source, at, erased_at)
            values (gen_random_uuid(), @Tenant, 'whatsapp', @hash, 'opt_out', 'keyword', now(), now());
            """, new { world.Tenant, hash });

        var proof = await world.Get<GetConsentHistory>().RunAsync(world.Tenant, new DataSubjectRequest(returns), default);
        await world.ReceiveAndProcessAsync("Bonjour", returns);

        Assert.Equal((1, 1), (proof.Entries.Count, proof.Refusals.Count));
        Assert.Equal([AddressKey.From(returns)], await world.SuppressedAsync());
    }

    [Theory]
    [InlineData("+525512345678", "+52 1 55 1234 5678")]
    [InlineData("+54 9 11 2345-6789", "+54 11 2345-6789")]
    public async Task FieldTrial_F05_Two_rows_with_both_spellings_become_one_contact(string first, string second)
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        var file = Encoding.UTF8.GetBytes($"phone;first_name;ville\n{first};Ana;\n{second};;Puebla\n");

        var output = (await world.Get<ImportContacts>().RunAsync(
            world.Owner, new ImportContacts.Input(new MemoryStream(file), "", "clients", false), default)).Value;
        var repeated = (await world.Get<ImportContacts>().RunAsync(
            world.Owner, new ImportContacts.Input(new MemoryStream(file), "", "clients", false), default)).Value;

        Assert.Equal(["created", "duplicate"], output.Report.Select(row => row.Outcome));
        Assert.Equal(["updated", "duplicate"], repeated.Report.Select(row => row.Outcome));
        Assert.Equal(
            ["Ana Puebla"],
            await world.ListAsync<string>(
                "select first_name || ' ' || (fields ->> 'ville') from contacts where tenant_id = @Tenant", new { world.Tenant }));
    }

    [Theory]
    [InlineData("+541123456789", "+541123456789")]
    [InlineData("+541123456789", "+5491123456789")]
    public async Task FieldTrial_F05_A_first_message_during_the_import_of_its_number_creates_one_contact(string listed, string writes)
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        var message = await world.ReceiveAsync("Bonjour", writes);
        var (imported, added, release) = (Guid.CreateVersion7(), new TaskCompletionSource(), new TaskCompletionSource());
        var importing = world.Db.RunAsync(world.Tenant, async tx =>
        {
            await tx.ExecuteAsync("""
                insert into contacts (id, tenant_id) values (@imported, @Tenant);
                insert into contact_identities (tenant_id, kind, value, contact_id) values (@Tenant, 'phone', @listed, @imported);
                """, new { imported, world.Tenant, listed }, default);
            added.SetResult();
            await release.Task;
        }, default);
        await added.Task;
        var processing = world.Get<ProcessWebhookEvent>().RunAsync(message, default);
        await world.WaitForBlockedTransactionsAsync(1);

        release.SetResult();
        await Task.WhenAll(importing, processing);

        Assert.Equal([imported], await ContactsAsync(world));
        Assert.Equal(
            [imported],
            await world.ListAsync<Guid>("select contact_id from messages where tenant_id = @Tenant", new { world.Tenant }));
    }

    [Theory]
    [InlineData("+525512345678", "+5215512345678")]
    [InlineData("+5215512345678", "+525512345678")]
    [InlineData("+5531987654321", "+553187654321")]
    public async Task FieldTrial_F05_A_message_to_another_spelling_of_a_sender_is_routed(string sender, string to)
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        await world.ExecuteAsync("update senders set address = @sender where tenant_id = @Tenant", new { sender, world.Tenant });
        var message = await world.ReceiveAsync("STOP");
        await world.ExecuteAsync(
            "update webhook_events set payload = payload || jsonb_build_object('To', 'whatsapp:' || @to::text) where id = @message",
            new { to, message });

        await world.Get<ProcessWebhookEvent>().RunAsync(message, default);

        Assert.Single(await world.SuppressedAsync());
    }

    [Fact]
    public async Task FieldTrial_F05_An_unrouted_message_to_another_spelling_is_requeued()
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        var message = await world.ReceiveAsync("STOP");
        await world.ExecuteAsync(
            "update webhook_events set payload = payload || '{\"To\": \"whatsapp:+5215512345678\"}', state = 'unrouted' " +
            "where id = @message",
            new { message });
        await world.ExecuteAsync("update senders set address = '+525512345678' where tenant_id = @Tenant", new { world.Tenant });

        await world.Db.RunAsync(
            world.Tenant,
            tx => UnroutedMessages.RequeueForSenderAsync(tx, world.SenderId, DateTimeOffset.UtcNow, default),
            default);
        await world.Get<ProcessWebhookEvent>().RunAsync(message, default);

        Assert.Single(await world.SuppressedAsync());
    }

    [Theory]
    [InlineData("whatsapp:+5215512345678")]
    [InlineData("whatsapp:5215512345678")]
    [InlineData("+525512345678")]
    [InlineData("5215512345678")]
    public async Task FieldTrial_F05_An_event_without_message_is_erased_in_every_spelling(string from)
    {
        await using var world = await PrivacyFixture.CreateAsync(postgres);
        var received = await world.ReceiveAsync(PrivacyFixture.PrivateText, kind: WebhookEvent.OtherKind);
        await world.ExecuteAsync(
            """
            update webhook_events set payload = jsonb_build_object('From', @from::text, 'Body', payload ->> 'Body'),
            contact_address = @from where id = @received
            """,
            new { from, received });

        await world.EraseAsync("+525512345678");

        Assert.Empty(await world.FindAnywhereAsync(PrivacyFixture.PrivateText));
        Assert.Empty(await world.FindAnywhereAsync("5512345678"));
    }

    private static Task<List<Guid>> ContactsAsync(PrivacyFixture world) =>
        world.ListAsync<Guid>("select id from contacts where tenant_id = @Tenant", new { world.Tenant });

    private static Task<int> AddTagAsync(PrivacyFixture world) =>
        world.ExecuteAsync("update contacts set tags = array['clients'] where tenant_id = @Tenant", new { world.Tenant });

    /// <summary>Stores the number exactly as written. An import would store its normalised form.</summary>
    internal static async Task<Guid> AddContactAsync(PrivacyFixture world, string phone)
    {
        var id = Guid.CreateVersion7();
        await world.ExecuteAsync("""
            insert into contacts (id, tenant_id, first_name, tags) values (@id, @Tenant, 'Awa', array['clients']);
            insert into contact_identities (tenant_id, kind, value, contact_id) values (@Tenant, 'phone', @phone, @id);
            """, new { id, world.Tenant, phone });
        return id;
    }
}
