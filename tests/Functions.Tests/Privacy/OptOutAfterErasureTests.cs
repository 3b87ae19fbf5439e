using Npgsql;
using Relais.Consent;
using Relais.Contacts;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Platform.Secrets;
using Relais.Privacy;
using Relais.Privacy.Erasure;
using Relais.Webhooks;
using static Functions.Tests.Privacy.PrivacyFixture;

namespace Functions.Tests.Privacy;

public sealed class OptOutAfterErasureTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task An_import_restores_the_opt_out_of_an_erased_number()
    {
        await using var world = await CreateAsync(postgres);
        await StopAndEraseAsync(world);
        Assert.DoesNotContain(Phone, await world.SuppressedAsync());

        await world.ImportAsync(Phone);
        var campaign = await world.CampaignAsync();

        Assert.Equal([Phone], await world.SuppressedAsync());
        Assert.Equal(
            (0, 1),
            ((await world.ProgressAsync(campaign)).Queued,
                (await world.ProgressAsync(campaign)).SkippedBy["opted_out"]));
    }

    [Fact]
    public async Task An_inbound_message_restores_the_opt_out_of_an_erased_number()
    {
        await using var world = await CreateAsync(postgres);
        await StopAndEraseAsync(world);

        await world.ReceiveAndProcessAsync("Bonjour");

        Assert.Equal([Phone], await world.SuppressedAsync());
    }

    [Fact]
    public async Task A_stop_in_an_unrouted_message_counts_and_the_text_is_erased()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        await world.ReceiveAsync("STOP");
        await world.ReceiveAsync(PrivateText);
        await world.ExecuteAsync("update webhook_events set state = 'unrouted' where tenant_id = @Tenant", new { world.Tenant });

        Assert.Equal(2, (await world.EraseAsync(contact)).WebhookEvents);

        Assert.Equal(
            ["ignored", "ignored"],
            await world.ListAsync<string>("select state from webhook_events where tenant_id = @Tenant", new { world.Tenant }));
        Assert.Empty(await world.FindAnywhereAsync(PrivateText));
        await world.ImportAsync(Phone);
        Assert.Equal([Phone], await world.SuppressedAsync());
    }

    [Fact]
    public async Task A_start_after_the_erasure_removes_the_suppression()
    {
        await using var world = await CreateAsync(postgres);
        await StopAndEraseAsync(world);

        await world.ReceiveAndProcessAsync("START");
        Assert.Empty(await world.SuppressedAsync());

        await world.EraseAsync(Phone);
        await world.ImportAsync(Phone);
        Assert.Empty(await world.SuppressedAsync());
    }

    [Fact]
    public async Task An_opt_out_survives_repeated_erasures()
    {
        await using var world = await CreateAsync(postgres);
        await StopAndEraseAsync(world);
        await world.EraseAsync(await world.ImportAsync(Phone));

        await world.ImportAsync(Phone);

        Assert.Equal([Phone], await world.SuppressedAsync());
    }

    [Fact]
    public async Task A_dry_run_restores_no_suppression()
    {
        await using var world = await CreateAsync(postgres);
        await StopAndEraseAsync(world);
        var file = new MemoryStream("phone\n+224621234567\n"u8.ToArray());

        await world.Get<Relais.Contacts.Import.ImportContacts>().RunAsync(world.Owner, new(file, "", null, DryRun: true), default);

        Assert.DoesNotContain(Phone, await world.SuppressedAsync());
    }

    [Fact]
    public async Task The_consent_history_is_found_by_the_number_before_and_after_the_erasure()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        await world.ReceiveAndProcessAsync("Stop !");
        var history = world.Get<GetConsentHistory>();
        var beforeErasure = Assert.Single((await history.RunAsync(world.Tenant, new DataSubjectRequest(Phone), default)).Entries);
        await world.EraseAsync(contact);

        var proof = await history.RunAsync(world.Tenant, new DataSubjectRequest(Phone), default);

        var afterErasure = Assert.Single(proof.Entries);
        Assert.Equal(("Stop !", null), (beforeErasure.ReceivedText, beforeErasure.ErasedAt));
        Assert.Equal(beforeErasure with { ReceivedText = null, MessageId = null, ErasedAt = afterErasure.ErasedAt }, afterErasure);
        Assert.NotNull(afterErasure.ErasedAt);
        Assert.Equal(("whatsapp", "keyword"), (Assert.Single(proof.Refusals).Channel, proof.Refusals[0].Source));
        Assert.Empty((await history.RunAsync(world.Tenant, new DataSubjectRequest(Phone, "sms"), default)).Entries);
        Assert.Empty((await history.RunAsync(world.Tenant, new DataSubjectRequest("+224621234568"), default)).Entries);
    }

    [Fact]
    public async Task The_hash_needs_the_key_and_the_tenant()
    {
        await using var world = await CreateAsync(postgres);
        var other = new AddressHash([.. Enumerable.Repeat((byte)1, 32)]);

        Assert.Equal(world.Hash.Hash(world.Tenant, Phone), new AddressHash(new byte[32]).Hash(world.Tenant, Phone));
        Assert.NotEqual(world.Hash.Hash(world.Tenant, Phone), world.Hash.Hash(Ids.Tenant(1), Phone));
        Assert.NotEqual(world.Hash.Hash(world.Tenant, Phone), other.Hash(world.Tenant, Phone));
        Assert.Throws<ArgumentException>(() => new AddressHash(new byte[31]));
    }

    [Fact]
    public async Task An_app_without_hash_key_refuses_erasure_and_stops_on_hashed_data()
    {
        await using var world = await CreateAsync(postgres);
        var withoutKey = new AddressHash(null);
        var erase = new ErasePerson(world.Db, world.Get<RedactLateReports>(), withoutKey, TimeProvider.System);
        using var check = Check(world, withoutKey);

        Assert.Equal("hash_key_missing", (await erase.RunAsync(world.Owner, new ErasureRequest(null, Phone), default)).Failure!.Code);
        await StopAndEraseAsync(world);
        await Assert.ThrowsAsync<InvalidOperationException>(() => check.CheckAsync(default));
    }

    [Fact]
    public async Task An_app_with_another_hash_key_stops()
    {
        await using var world = await CreateAsync(postgres);
        await StopAndEraseAsync(world);
        using var sameKey = Check(world, world.Hash);
        using var otherKey = Check(world, new AddressHash([.. Enumerable.Repeat((byte)1, 32)]));

        await sameKey.CheckAsync(default);
        Assert.Contains(
            "Privacy__HashKey", (await Assert.ThrowsAsync<InvalidOperationException>(() => otherKey.CheckAsync(default))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("delete from consents")]
    [InlineData("update consents set kind = 'opt_in'")]
    [InlineData("delete from consent_proofs")]
    [InlineData("update consent_proofs set kind = 'opt_in'")]
    [InlineData(
        """
        insert into consent_proofs (id, tenant_id, channel, address_hash, kind, source, at, erased_at)
          values (gen_random_uuid(), current_tenant(), 'sms', 'erased:x', 'opt_in', 'x', now(), now())
        """)]
    public async Task The_app_cannot_change_the_consent_history(string statement)
    {
        await using var world = await CreateAsync(postgres);
        await StopAndEraseAsync(world);

        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            world.Db.RunAsync(world.Tenant, tx => tx.ExecuteAsync(statement, null, default), default));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task Moving_consents_to_proofs_is_limited_to_the_tenant()
    {
        await using var ownTenant = await CreateAsync(postgres);
        await using var otherTenant = await CreateAsync(postgres);
        await otherTenant.ReceiveAndProcessAsync("STOP");

        var moved = await ownTenant.Db.RunAsync(ownTenant.Tenant, tx => tx.QueryOneAsync<int>(
            "select move_consents_to_proofs(array[@Phone], array[@Hash], now())",
            new { Phone, Hash = ownTenant.Hash.Hash(ownTenant.Tenant, Phone) }, default), default);

        Assert.Equal(0, moved);
        Assert.Equal(
            1,
            await otherTenant.OneAsync<int>(
                "select count(*)::int from consents where tenant_id = @Tenant", new { otherTenant.Tenant }));
    }

    [Theory]
    [InlineData("array[@Phone]", "array['erased:x']")]
    [InlineData("array[@Phone]", "array['erased:' || @Phone]")]
    [InlineData("array[@Phone]", "array[@Hash || 'x']")]
    [InlineData("array[@Phone]", "array[@Hash || chr(10)]")]
    [InlineData("array[@Phone]", "array[null::text]")]
    [InlineData("array[@Phone]", "array[]::text[]")]
    [InlineData("array[@Phone, '+224620000009']", "array[@Hash, @Hash]")]
    [InlineData("array[@Phone, @Phone]", "array[@Hash, reverse(right(@Hash, 43))]")]
    public async Task Consent_proofs_accept_only_one_hash_per_address(string addresses, string hashes)
    {
        await using var world = await CreateAsync(postgres);
        await world.ReceiveAndProcessAsync("STOP");

        var refused = await Assert.ThrowsAsync<PostgresException>(() => world.Db.RunAsync(world.Tenant, tx => tx.QueryOneAsync<int>(
            $"select move_consents_to_proofs({addresses}, {hashes}, now())",
            new { Phone, Hash = world.Hash.Hash(world.Tenant, Phone) }, default), default));

        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
        Assert.Equal(1, await world.OneAsync<int>("select count(*)::int from consents where tenant_id = @Tenant", new { world.Tenant }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_during_the_erasure_is_erased_or_starts_suppressed(bool messageFirst)
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        await world.ReceiveAndProcessAsync("STOP");
        var pending = await world.ReceiveAsync(PrivateText);
        var (locked, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var blocker = world.Db.RunAsync(world.Tenant, async tx =>
        {
            await ContactLocks.LockAddressesAsync(tx, world.Tenant, [Phone], default);
            locked.SetResult();
            await release.Task;
        }, default);
        await locked.Task;
        // The message and the erasure both wait for the address lock, in this order.
        var waiting = new List<Task>();
        foreach (var isMessage in new[] { messageFirst, !messageFirst })
        {
            waiting.Add(isMessage ? world.Get<ProcessWebhookEvent>().RunAsync(pending, default) : world.EraseAsync(contact));
            await world.WaitForBlockedTransactionsAsync(waiting.Count);
        }

        release.SetResult();
        await Task.WhenAll([blocker, .. waiting]);

        if (messageFirst)
        {
            Assert.Empty(await world.FindAnywhereAsync(PrivateText));
            Assert.Equal([world.Hash.Hash(world.Tenant, Phone)], await world.SuppressedAsync());
        }
        else
        {
            Assert.NotEqual(
                contact,
                await world.OneAsync<Guid>(
                    "select contact_id from messages where body = @Words and tenant_id = @Tenant",
                    new { Words = PrivateText, world.Tenant }));
            Assert.Equal([Phone], await world.SuppressedAsync());
        }
    }

    [Fact]
    public async Task A_person_erased_during_a_campaign_start_gets_no_message()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var world = await CreateAsync(postgres);
            var contact = await world.ImportAsync(Phone);
            await world.AddContactsAsync(1, 300);
            var id = await world.StartCampaignAsync();

            await Task.WhenAll(world.FreezeAllAsync(id, 10), world.EraseAsync(contact));

            Assert.Empty(await world.FindAnywhereAsync(Phone[1..]));
            var progress = await world.ProgressAsync(id);
            Assert.Equal((progress.Planned, progress.Planned), (progress.Queued + progress.Canceled, await world.OneAsync<long>(
                "select count(*) from campaign_recipients where campaign_id = @id", new { id })));
        }
    }

    [Fact]
    public async Task An_erasure_waits_for_a_page_that_is_being_frozen()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);
        var id = await world.StartCampaignAsync();
        var (frozen, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var freezing = world.Db.RunAsync(world.Tenant, async tx =>
        {
            await world.Freeze.FreezeAsync(tx, new(world.Run(id), null), 100, default);
            frozen.SetResult();
            await release.Task;
        }, default);
        await frozen.Task;
        var erasing = world.EraseAsync(contact);
        await world.WaitForBlockedTransactionsAsync(1);
        Assert.False(erasing.IsCompleted);
        release.SetResult();
        await freezing;

        Assert.Equal(1, (await erasing).CanceledMessages);
        Assert.Empty(await world.FindAnywhereAsync(Phone[1..]));
    }

    [Fact]
    public async Task An_erasure_waits_for_a_running_import()
    {
        await using var world = await CreateAsync(postgres);
        var contact = await world.ImportAsync(Phone);

        var importing = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => world.ImportAsync(Phone, "+224627654321")));
        var erased = await world.EraseAsync(contact);
        await importing;

        Assert.Equal(1, erased.Contacts);
        var contactIds = await world.ListAsync<Guid>(
            "select contact_id from contact_identities where tenant_id = @Tenant and value = @Phone", new { world.Tenant, Phone });
        Assert.DoesNotContain(contact, contactIds);
        Assert.Equal(
            contactIds.Count,
            await world.OneAsync<int>(
                "select count(*)::int from contacts c where tenant_id = @Tenant and id = any(@contactIds)",
                new { world.Tenant, contactIds }));
    }

    private static CheckHashKeyAtStart Check(PrivacyFixture world, AddressHash hash) =>
        new(world.SystemDb, hash, new FillAddressHashes(world.SystemDb, hash), TimeProvider.System);

    private static async Task StopAndEraseAsync(PrivacyFixture world)
    {
        var contact = await world.ImportAsync(Phone);
        await world.ReceiveAndProcessAsync("STOP");
        await world.EraseAsync(contact);
    }
}
