using Relais.Channels;
using Relais.Kit;
using Relais.Platform;
using Relais.Privacy.Erasure;
using Relais.Webhooks;
using static Functions.Tests.Privacy.PrivacyFixture;

namespace Functions.Tests.Privacy;

public sealed class ErasePersonTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Other = "+224627654321";

    [Fact]
    public async Task Erasing_a_non_contact_is_audited_by_hash()
    {
        await using var world = await CreateAsync(postgres);

        await world.EraseAsync(Phone);

        Assert.Equal(
            world.Hash.Hash(world.Tenant, Phone),
            await world.OneAsync<string>(
                "select subject_id from audit where tenant_id = @Tenant and action = 'person.erase'", new { world.Tenant }));
    }

    [Fact]
    public async Task No_table_contains_data_of_an_erased_person()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();
        await world.PumpAsync();
        var message = await world.MessageAsync(campaign);
        await world.ReportStatusAsync(message, "sent");
        await world.ReportStatusAsync(message, "undelivered", "30008");
        await world.ExecuteAsync("update messages set status = 'pending', due_at = now() where id = @message", new { message });
        await world.ExecuteAsync(
            "update recipient_pace set in_flight_until = null, recent = '{}' where tenant_id = @Tenant", new { world.Tenant });
        await world.PumpAsync();
        await world.ReportStatusAsync(message, "delivered", attempt: 2);
        await world.ReceiveAndProcessAsync(PrivateText);
        await world.ReceiveAndProcessAsync("STOP");
        await world.ReceiveAsync(PrivateText);
        await world.ReceiveAsync(PrivateText, kind: WebhookEvent.OtherKind);
        await world.ReportStatusAsync(null, "sent", null, Phone, 0, "SMofanothermessage", null);
        await world.CampaignAsync();
        foreach (var trace in new[] { Phone[1..], Name, PrivateText })
        {
            Assert.NotEmpty(await world.FindAnywhereAsync(trace));
        }

        var erased = await world.EraseAsync(contact);

        Assert.Equal((1, 1, 3), (erased.Contacts, erased.Identities, erased.Messages));
        foreach (var trace in new[] { Phone[1..], Name, PrivateText })
        {
            Assert.Empty(await world.FindAnywhereAsync(trace));
        }
    }

    [Fact]
    public async Task Data_of_other_people_is_unchanged()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone, Other);
        await world.CampaignAsync();
        await world.ReceiveAndProcessAsync(PrivateText, Other);
        await world.ReceiveAndProcessAsync("stop", Other);
        var before = await world.FindAnywhereAsync(Other[1..]);

        await world.EraseAsync(contact);

        Assert.Equal(before.Order(StringComparer.Ordinal), (await world.FindAnywhereAsync(Other[1..])).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pending_messages_are_cancelled_and_counters_stay_exact()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone, Other);
        var campaign = await world.CampaignAsync();
        await world.ExecuteAsync(
            "update messages set status = 'retry', attempt = 2, failures = 1 where contact_address = @Phone and campaign_id = @campaign",
            new { Phone, campaign });

        var erased = await world.EraseAsync(contact);

        var progress = await world.ProgressAsync(campaign);
        Assert.Equal((2, 1, 1, 0), (progress.Planned, progress.Queued, progress.Canceled, progress.Failed));
        Assert.Equal((1, 1), (erased.CanceledMessages, erased.Messages));
        Assert.Equal(
            "erased",
            await world.OneAsync<string>(
                "select error_code from messages where status = 'canceled' and campaign_id = @campaign", new { campaign }));
        await world.PumpAsync();
        Assert.Equal(Other, Assert.Single(world.Provider.ReceivedCalls).Message.ContactAddress);
    }

    [Fact]
    public async Task The_audit_trail_has_counts_and_no_number()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);

        await world.EraseAsync(contact);

        var (actor, subject, after) = await world.OneAsync<(string, string, string)>(
            "select actor_id, subject_id, after::text from audit where tenant_id = @Tenant and action = 'person.erase'",
            new { world.Tenant });
        Assert.Equal((world.Owner.Actor.Id, contact.ToString()), (actor, subject));
        Assert.Contains("\"contacts\": 1", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_without_contact_is_erased_by_address()
    {
        await using var world = await CreateAsync(postgres);
        await world.ReceiveAndProcessAsync(PrivateText);
        await world.ExecuteAsync("delete from contacts where tenant_id = @Tenant", new { world.Tenant });

        var erased = await world.EraseAsync(Phone);

        Assert.Equal((0, 1), (erased.Contacts, erased.Messages));
        Assert.Empty(await world.FindAnywhereAsync(Phone[1..]));
        Assert.Equal(new ErasureCounts(), await world.EraseAsync(Phone));
    }

    [Fact]
    public async Task A_contact_of_another_tenant_is_not_found()
    {
        await using var world = await CreateAsync(postgres);
        await using var otherTenant = await CreateAsync(postgres);
        var foreignContact = await otherTenant.ImportAsync(Phone);

        Assert.Equal(
            "contact_not_found",
            (await world.Get<ErasePerson>().RunAsync(world.Owner, new ErasureRequest(foreignContact, null), default)).Failure?.Code);
        await world.EraseAsync(Phone);
        Assert.Equal(
            1,
            await otherTenant.OneAsync<int>(
                "select count(*)::int from contact_identities where tenant_id = @Tenant", new { otherTenant.Tenant }));
    }

    [Fact]
    public async Task Messages_are_erased_in_pages_and_a_repeated_erasure_continues()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        await world.ExecuteAsync("""
            insert into messages (id, tenant_id, sender_id, stream_id, direction, channel, contact_id, contact_address, body, status,
              due_at, created_at, ended_at, provider_sid)
            select gen_random_uuid(), @Tenant, @SenderId, @SenderId, 'in', 'whatsapp', @contact, @Phone, @Words, 'received', now(), now(),
              now(), 'SMmany' || n
            from generate_series(1, 3500) n
            """, new { world.Tenant, world.SenderId, contact, Phone, Words = PrivateText });
        var request = new ErasureRequest(contact, null);
        var person = await world.Db.RunAsync(
            world.Tenant, tx => DataSubject.FindAsync(tx, world.Hash, world.Tenant, request, default), default);
        Assert.True(
            await world.Db.RunAsync(
                world.Tenant, tx => EraseMessages.ErasePageAsync(tx, person!, new ErasureCounts(), [], default), default));
        Assert.Equal(
            2500,
            await world.OneAsync<int>(
                "select count(*)::int from messages where contact_address = @Phone and tenant_id = @Tenant", new { Phone, world.Tenant }));

        var erased = await world.EraseAsync(contact);

        Assert.Equal(2500, erased.Messages);
        Assert.Empty(await world.FindAnywhereAsync(PrivateText));
    }

    [Fact]
    public async Task The_STOP_of_an_unprocessed_message_is_recorded()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        var pending = await world.ReceiveAsync("Arrêt !");

        await world.EraseAsync(contact);
        await world.Get<ProcessWebhookEvent>().RunAsync(pending, default);

        Assert.Equal([world.Hash.Hash(world.Tenant, Phone)], await world.SuppressedAsync());
        Assert.Equal(0, await world.OneAsync<int>("select count(*)::int from contacts where tenant_id = @Tenant", new { world.Tenant }));
    }

    [Fact]
    public async Task A_late_duplicate_is_recognised_after_the_erasure()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        await world.Get<ProcessWebhookEvent>().RunAsync(await world.ReceiveAsync(PrivateText, sid: "SMtwice"), default);
        await world.EraseAsync(contact);

        await world.Get<ProcessWebhookEvent>().RunAsync(await world.ReceiveAsync(PrivateText, sid: "SMtwice"), default);

        Assert.Empty(await world.FindAnywhereAsync(PrivateText));
        Assert.Equal(0, await world.OneAsync<int>("select count(*)::int from contacts where tenant_id = @Tenant", new { world.Tenant }));
    }

    [Fact]
    public async Task An_erasure_blocked_by_an_import_gets_409()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        var (locked, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var import = world.Db.RunAsync(world.Tenant, async tx =>
        {
            await Relais.Contacts.ContactLocks.LockImportsAsync(tx, world.Tenant, default);
            locked.SetResult();
            await release.Task;
        }, default);
        await locked.Task;

        var erase = new ErasePerson(world.Db, world.Get<RedactLateReports>(), world.Hash, world.Clock)
        {
            LockTimeout = "200ms",
        };
        var result = await erase.RunAsync(world.Owner, new ErasureRequest(contact, null), default);
        release.SetResult();
        await import;

        Assert.Equal((FailureKind.Conflict, "people_busy"), (result.Failure!.Kind, result.Failure.Code));
        Assert.Equal(1, (await world.EraseAsync(contact)).Contacts);
    }

    [Fact]
    public async Task An_interrupted_erasure_is_audited_and_resumes()
    {
        const string Former = "+224629999999";
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        await world.CampaignAsync();
        await world.PumpAsync();
        // The contact had another number when the campaign was sent.
        await world.ExecuteAsync("""
            update campaign_recipients set address = @Former where tenant_id = @Tenant;
            update messages set contact_address = @Former where tenant_id = @Tenant;
            insert into suppressions (tenant_id, channel, address, since, source) values (@Tenant, 'whatsapp', @Former, now(), 'keyword');
            """, new { world.Tenant, Former });
        var (locked, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var import = world.Db.RunAsync(world.Tenant, async tx =>
        {
            await Relais.Contacts.ContactLocks.LockImportsAsync(tx, world.Tenant, default);
            locked.SetResult();
            await release.Task;
        }, default);
        await locked.Task;

        var erase = new ErasePerson(world.Db, world.Get<RedactLateReports>(), world.Hash, world.Clock)
        {
            LockTimeout = "200ms",
        };
        var result = await erase.RunAsync(world.Owner, new ErasureRequest(contact, null), default);
        release.SetResult();
        await import;

        Assert.Equal("people_busy", result.Failure!.Code);
        Assert.Equal(
            0,
            await world.OneAsync<int>(
                "select count(*)::int from messages where tenant_id = @Tenant and body is not null", new { world.Tenant }));
        Assert.Equal([$"person.erase_begin {world.Owner.Actor.Id} {contact}"], await AuditedAsync(world));
        await world.EraseAsync(contact);
        Assert.Equal([world.Hash.Hash(world.Tenant, Former)], await world.SuppressedAsync());
        Assert.Empty(await world.FindAnywhereAsync(Former[1..]));
        Assert.Equal(
            [$"person.erase_begin {world.Owner.Actor.Id} {contact}", $"person.erase {world.Owner.Actor.Id} {contact}"],
            await AuditedAsync(world));
    }

    private static Task<List<string>> AuditedAsync(PrivacyFixture world) => world.ListAsync<string>(
        "select action || ' ' || actor_id || ' ' || subject_id from audit where tenant_id = @Tenant and action like 'person.%' order by id",
        new { world.Tenant });
}
