using NSubstitute;
using Relais.Channels;
using Relais.Kit;
using Relais.Platform;
using Relais.Simulators;
using Relais.WhatsAppSenders;

namespace Functions.Tests.WhatsAppSenders;

public sealed class WhatsAppSenderTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_sender_shows_the_state_of_the_last_sync()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        Assert.Equal(("unknown", null), ((await world.SenderAsync()).Status, (await world.SenderAsync()).CheckedAt));
        world.Simulator.ChangeWhatsAppSender($"whatsapp:{WhatsAppFixture.SenderNumber}", sender => sender with
        {
            Status = "OFFLINE",
            QualityRating = "LOW",
            MessagingLimit = "250 Customers/24hr",
            OfflineReasons = [new OfflineReason("63020", "Business account is not verified")],
        });

        await world.SyncAsync();

        var sender = await world.SenderAsync();
        Assert.Equal(
            (world.SenderId, "offline", "low", "250 Customers/24hr"),
            (sender.Id, sender.Status, sender.Quality, sender.MessagingLimit));
        Assert.Equal("63020", Assert.Single(sender.OfflineReasons).Code);
        Assert.NotNull(sender.CheckedAt);
        Assert.Equal(("https://old.example/hook?…", false), (sender.Webhook!.CallbackUrl, sender.Webhook.PointsHere));
    }

    [Fact]
    public async Task A_sync_adds_a_new_sender_once_and_marks_a_missing_sender()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        world.Simulator.Add(new SimulatedSender("whatsapp:+15145550100", world.Account.Sid));

        var (first, second) = (await world.SyncAsync(), await world.SyncAsync());

        Assert.Equal((1, 0, 2), (first.Value.Added, second.Value.Added, second.Value.Senders.Count));
        Assert.Equal(["sender.find"], await world.AuditAsync());
        await world.ExecuteAsync(
            "update senders set address = '+224620888888' where id = @SenderId", new { world.SenderId });
        await world.SyncAsync();
        Assert.Equal(
            ["missing", "online", "online"],
            (await world.List.RunAsync(world.Tenant, false, default)).Senders
                .Select(sender => sender.Status).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Messages_before_registration_are_processed()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        world.Simulator.Add(new SimulatedSender("whatsapp:+15145550100", world.Account.Sid));
        await world.ExecuteAsync("""
            insert into webhook_events (id, tenant_id, provider, kind, sid, status, payload, state, received_at)
            values (@Id, @Tenant, 'twilio', 'inbound', 'SM' || @Id, '', '{"To": "whatsapp:+15145550100"}', 'unrouted', now())
            """, new { Id = Guid.CreateVersion7(), world.Tenant });

        await world.SyncAsync();

        Assert.Equal(
            "pending",
            await world.OneAsync<string>("select state from webhook_events where tenant_id = @Tenant", new { world.Tenant }));
    }

    [Fact]
    public async Task Concurrent_syncs_add_a_sender_once()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        world.Simulator.Add(new SimulatedSender("whatsapp:+15145550100", world.Account.Sid));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => world.SyncAsync()));

        Assert.Equal(1, outcomes.Sum(outcome => outcome.Value.Added));
    }

    [Fact]
    public async Task A_sender_is_updating_until_its_changed_profile_is_seen()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        await world.SyncAsync();

        var changed = await world.Profile.RunAsync(world.Owner, world.SenderId, new ProfileRequest
        {
            About = "Ouvert du lundi au samedi",
            Websites = ["https://clinique.example", "https://rendez-vous.example"],
            Emails = ["bonjour@clinique.example"],
            LogoUrl = "https://clinique.example/logo.png",
            Vertical = "Medical and Health",
        }, default);

        Assert.Equal("updating", changed.Value.Status);
        Assert.Equal("updating", (await world.SenderAsync()).Status);
        Assert.Equal(["sender.profile", "sender.profile_end accepted"], await world.AuditAsync());
        await Wait.UntilAsync(() => world.SenderAtProvider.Status == "ONLINE");
        await world.SyncAsync();
        var sender = await world.SenderAsync();
        Assert.Equal(
            ("online", "Ouvert du lundi au samedi", "Medical and Health"), (sender.Status, sender.Profile!.About, sender.Profile.Vertical));
        Assert.Equal(["https://clinique.example", "https://rendez-vous.example"], sender.Profile.Websites);
        Assert.Equal(["bonjour@clinique.example"], sender.Profile.Emails);
        Assert.False(string.IsNullOrEmpty(sender.Profile.DisplayName));
    }

    [Fact]
    public async Task Omitted_profile_fields_are_kept_and_empty_fields_are_cleared()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres, updateMs: 0);
        await world.Profile.RunAsync(
            world.Owner, world.SenderId, new ProfileRequest(About: "Bonjour", Address: "Kaloum, Conakry"), default);
        await Wait.UntilAsync(() => world.SenderAtProvider.Status == "ONLINE");

        await world.Profile.RunAsync(world.Owner, world.SenderId, new ProfileRequest(Address: ""), default);
        await Wait.UntilAsync(() => world.SenderAtProvider.Status == "ONLINE");
        await world.SyncAsync();

        var profile = (await world.SenderAsync()).Profile!;
        Assert.Equal(("Bonjour", null), (profile.About, profile.Address));
    }

    [Fact]
    public async Task Webhooks_are_set_and_verified_at_the_provider()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);

        var connected = await world.Connect().RunAsync(world.Owner, world.SenderId, default);

        Assert.True(connected.Value.Verified);
        Assert.Equal(
            new SenderWebhookView(
                "https://relais.example/api/webhook-router", "https://backup.example/api/webhook-router-backup",
                "https://relais.example/api/webhook-router", true),
            connected.Value.Sender.Webhook);
        Assert.Equal("https://relais.example/api/webhook-router", (string?)world.SenderAtProvider.Webhook["callback_url"]);
        Assert.Equal(["sender.connect", "sender.connect_end accepted"], await world.AuditAsync());
    }

    [Fact]
    public async Task A_slow_change_is_reported_as_unverified()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres, updateMs: 600_000);

        var connected = await world.Connect(patienceMs: 300).RunAsync(world.Owner, world.SenderId, default);

        Assert.False(connected.Value.Verified);
        Assert.Equal("updating", (await world.SenderAsync()).Status);
    }

    [Fact]
    public async Task The_sandbox_sender_has_no_profile_and_no_webhooks()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        await world.ExecuteAsync("update senders set is_sandbox = true where id = @SenderId", new { world.SenderId });

        var profile = await world.Profile.RunAsync(world.Owner, world.SenderId, new ProfileRequest(About: "Bonjour"), default);
        var connect = await world.Connect().RunAsync(world.Owner, world.SenderId, default);

        Assert.Equal(
            (FailureKind.Conflict, "sandbox_sender", "sandbox_sender"),
            (profile.Failure!.Kind, profile.Failure.Code, connect.Failure!.Code));
        Assert.Equal("sandbox", (await world.SenderAsync()).Status);
    }

    [Theory]
    [InlineData(20003, 401, "credentials_rejected")]
    [InlineData(20429, 429, "provider_busy")]
    [InlineData(20422, 400, "profile_refused")]
    [InlineData(20404, 404, "whatsapp_not_registered")]
    [InlineData(63104, 400, "provider_refused")]
    [InlineData(20500, 500, "provider_unavailable")]
    public async Task Every_provider_error_has_a_failure_code(int code, int status, string failureCode)
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        await world.SyncAsync();
        world.Simulator.FailNext(
            "senders.update",
            new RestFault(RestFaultKind.Error)
            {
                Code = code,
                Status = status,
                Message = $"about whatsapp:{WhatsAppFixture.SenderNumber}",
            });

        var refused = await world.Profile.RunAsync(world.Owner, world.SenderId, new ProfileRequest(About: "Bonjour"), default);

        Assert.Equal(failureCode, refused.Failure!.Code);
        Assert.DoesNotContain(WhatsAppFixture.SenderNumber, refused.Failure.Message, StringComparison.Ordinal);
        Assert.Equal("online", (await world.SenderAsync()).Status);
    }

    [Fact]
    public async Task An_unregistered_sender_gets_409_and_another_tenants_gets_404()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres, registered: false);

        Assert.Equal(
            "whatsapp_not_registered", (await world.Connect().RunAsync(world.Owner, world.SenderId, default)).Failure!.Code);
        Assert.Equal("sender_not_found", (await world.Connect().RunAsync(world.Owner, Ids.Sender(987_654), default)).Failure!.Code);
    }

    [Fact]
    public async Task A_sender_that_the_provider_has_deleted_is_retired()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        await world.SyncAsync();
        await world.ExecuteAsync("""
            update senders set address = '+224620888888' where id = @SenderId;
            update whatsapp_senders set provider_sid = 'XE00000000000000000000000000000000' where sender_id = @SenderId;
            """, new { world.SenderId });

        await world.SyncAsync();

        Assert.NotEqual(world.SenderId, (await world.SenderAsync()).Id);
        Assert.Equal(
            "retired",
            (await world.List.RunAsync(world.Tenant, true, default)).Senders
                .Single(sender => sender.Id == world.SenderId).Status);
        Assert.Contains("sender.gone", await world.AuditAsync());
    }

    [Fact]
    public async Task A_listing_of_a_replaced_account_is_discarded()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        world.Simulator.Add(new SimulatedSender("whatsapp:+15145550100", world.Account.Sid));
        var provider = Substitute.For<IWhatsAppSenderProvider>();
        provider.ListAsync(default!).ReturnsForAnyArgs(async _ =>
        {
            var listed = await world.Provider.ListAsync(world.Account);
            await world.ExecuteAsync(
                "update provider_accounts set account_sid = 'AC-other-' || @Tenant where tenant_id = @Tenant", new { world.Tenant });
            return listed;
        });

        var synced = await new SyncWhatsAppSenders(world.Db, world.Accounts, provider, world.Targets, TimeProvider.System)
            .RunAsync(world.Tenant, world.Owner.Actor, default);

        Assert.Equal((0, "unknown"), (synced.Value.Added, Assert.Single(synced.Value.Senders).Status));
    }

    [Fact]
    public async Task Secrets_in_foreign_webhook_URLs_are_not_stored()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);

        await world.SyncAsync();

        Assert.DoesNotContain(
            "secret",
            await world.OneAsync<string>(
                "select w::text from whatsapp_senders w where tenant_id = @Tenant", new { world.Tenant }),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_with_a_lost_answer_is_audited()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres, updateMs: 0);
        await world.SyncAsync();
        world.Simulator.FailNext("senders.update", RestFault.CutAfter);
        var changed = await world.Profile.RunAsync(world.Owner, world.SenderId, new ProfileRequest(About: "Bonjour"), default);
        await Wait.UntilAsync(() => world.SenderAtProvider.Status == "ONLINE");
        world.Simulator.FailNext("senders.update", RestFault.CutAfter);
        var connected = await world.Connect().RunAsync(world.Owner, world.SenderId, default);

        Assert.Equal(("provider_unavailable", "provider_unavailable"), (changed.Failure!.Code, connected.Failure!.Code));
        // The connection is cut before the provider has applied the change.
        await Wait.UntilAsync(() => (string?)world.SenderAtProvider.Webhook["callback_url"] == "https://relais.example/api/webhook-router");
        Assert.Equal(
            ["sender.profile", "sender.profile_end unknown no_answer", "sender.connect", "sender.connect_end unknown no_answer"],
            await world.AuditAsync());
    }

    [Fact]
    public async Task The_sync_of_all_tenants_continues_after_a_failing_tenant()
    {
        await using var world = await WhatsAppFixture.CreateAsync(postgres);
        await using var broken = await WhatsAppFixture.CreateAsync(postgres);
        await broken.ExecuteAsync(
            "update provider_accounts set secret = '\\x00' where tenant_id = @Tenant", new { broken.Tenant });

        await new SyncWhatsAppSendersOfAllTenants(
            world.SystemDb, world.Sync, world.Log.For<SyncWhatsAppSendersOfAllTenants>()).RunAsync(default);

        Assert.Equal(("online", "unknown"), ((await world.SenderAsync()).Status, (await broken.SenderAsync()).Status));
    }
}
