using Relais.Access;
using Relais.Accounts;
using Relais.Channels;
using Relais.Kit;
using Relais.Numbers.Inventory;
using Relais.Platform.Http;
using Relais.WhatsAppSenders;

namespace Functions.Tests.Numbers;

public sealed class InventoryTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Actor Job = Actor.System("sync-numbers");

    [Fact]
    public async Task Console_purchases_are_added_and_lost_numbers_end()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        var (order, _) = await world.BuyAndRunAsync(world.PhoneNumber(1));
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(2), "https://elsewhere.example/sms?token=secret");
        world.Clock.Advance(TimeSpan.FromMinutes(1));

        var first = (await world.Sync.RunAsync(world.TenantId, Job, default)).Value;
        var repeated = (await world.Sync.RunAsync(world.TenantId, Job, default)).Value;
        world.Provider.Remove(world.PhoneNumber(1));
        var afterRemoval = (await world.Sync.RunAsync(world.TenantId, Job, default)).Value;

        Assert.Equal(
            (new SyncOutcome(1, 0, 0, 0), new SyncOutcome(0, 0, 0, 0), new SyncOutcome(0, 1, 0, 0)),
            (first, repeated, afterRemoval));
        var found = await world.NumberAsync(world.PhoneNumber(2));
        Assert.Equal(
            ("account", false, null, "https://elsewhere.example/sms?…", "CA"),
            (found.Source, found.Managed, found.SenderId, found.SmsUrl, found.Country));
        var ended = await world.NumberAsync(world.PhoneNumber(1));
        Assert.Equal(("released", order.SenderId), (ended.State, ended.SenderId));
        Assert.Equal(
            1,
            await world.OneAsync<int>(
                "select count(*) from senders where id = @SenderId and retired_at is not null", new { order.SenderId }));
        Assert.Equal(["account.connect", "number.found", "number.gone", "number.purchase", "order.create"], await world.AuditAsync());
    }

    [Fact]
    public async Task A_number_with_our_webhooks_is_connected_when_it_is_found()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var expected = world.RouterUrls.Expected;
        world.Provider.BuyInConsole(
            world.AccountSid, world.PhoneNumber(1), "https://relais.example/api/receive-sms-twilio", expected.SmsFallbackUrl.ToString());

        Assert.Equal(new SyncOutcome(1, 0, 0, 0), (await world.Sync.RunAsync(world.TenantId, Job, default)).Value);

        await world.AssertWorksAsync(world.PhoneNumber(1));
    }

    [Fact]
    public async Task Drift_is_reported_and_repaired_if_the_tenant_allows_it()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        await world.BuyAndRunAsync(world.PhoneNumber(1));
        world.Provider.Change(
            world.PhoneNumber(1), owned => owned with { SmsUrl = "https://user:pass@elsewhere.example/sms", SmsApplicationSid = "AP1" });
        await world.ExecuteAsync("update tenants set repair_webhooks = false where id = @TenantId", new { world.TenantId });

        var drifted = (await world.Sync.RunAsync(world.TenantId, Job, default)).Value;
        var listed = (await world.Get<ListNumbers>().RunAsync(
            world.TenantId, new PageQuery(null, 10), false, default)).Numbers.Single();
        await world.ExecuteAsync("update tenants set repair_webhooks = true where id = @TenantId", new { world.TenantId });
        var repaired = (await world.Sync.RunAsync(world.TenantId, Job, default)).Value;

        Assert.Equal((new SyncOutcome(0, 0, 1, 0), new SyncOutcome(0, 0, 1, 1)), (drifted, repaired));
        Assert.Equal((true, "https://elsewhere.example/sms", "AP1", "https://relais.example/api/webhook-router"),
            (listed.Webhook.Drifted, listed.Webhook.Found.SmsUrl, listed.Webhook.FoundApplicationSid, listed.Webhook.Expected.SmsUrl));
        await world.AssertWorksAsync(world.PhoneNumber(1));
        var (kind, before, after) = await world.OneAsync<(string, string, string)>(
            "select actor_kind, before::text, after::text from audit where tenant_id = @TenantId and action = 'number.repair'",
            new { world.TenantId });
        Assert.Equal("system", kind);
        Assert.Contains("https://elsewhere.example/sms", before, StringComparison.Ordinal);
        Assert.Contains("https://relais.example/api/webhook-router", after, StringComparison.Ordinal);
        Assert.DoesNotContain("pass", before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unmanaged_number_is_not_changed()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1), "https://elsewhere.example/sms");
        await world.Sync.RunAsync(world.TenantId, Job, default);

        Assert.Equal(new SyncOutcome(0, 0, 0, 0), (await world.Sync.RunAsync(world.TenantId, Job, default)).Value);
        Assert.DoesNotContain("connect", world.Provider.Calls);
        Assert.Equal(
            "number_not_managed",
            (await world.Repair.RunAsync(world.Caller, (await world.NumberAsync(world.PhoneNumber(1))).Id, default)).Failure!.Code);
    }

    [Fact]
    public async Task A_number_is_released_only_after_a_complete_list_and_a_second_check()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        await world.BuyAndRunAsync(world.PhoneNumber(1));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        world.Provider.FailNext("list", FakeNumberProvider.Silent);
        world.Provider.Remove(world.PhoneNumber(1));
        world.Provider.FailNext("fetch", FakeNumberProvider.Broken);

        var incomplete = await world.Sync.RunAsync(world.TenantId, Job, default);
        var unconfirmed = (await world.Sync.RunAsync(world.TenantId, Job, default)).Value;
        var state = (await world.NumberAsync(world.PhoneNumber(1))).State;

        Assert.Equal(("provider_unavailable", 0, "active"), (incomplete.Failure!.Code, unconfirmed.Ended, state));
        Assert.Equal(1, (await world.Sync.RunAsync(world.TenantId, Job, default)).Value.Ended);
    }

    [Fact]
    public void Numbers_added_after_the_listing_are_not_missing()
    {
        var since = FixedClock.Start;
        var plan = SyncPlan.Compare(
            [
                Row("+1", since.AddSeconds(-1)), Row("+2", since), Row("+3", since.AddSeconds(-1), "releasing"),
                Row("+4", since.AddSeconds(-1)), Row("+5", since.AddSeconds(-1)),
            ],
            [Owned("+5"), Owned("+6"), Owned("+7")],
            new HashSet<string> { "+4", "+7" },
            since);

        Assert.Equal(["+1"], plan.Missing.Select(row => row.Number));
        Assert.Equal(["+6"], plan.New.Select(owned => owned.Number));
        Assert.Equal(["+5"], plan.Present.Select(pair => pair.Row.Number));
    }

    [Fact]
    public async Task A_number_moved_to_the_account_of_another_tenant_changes_its_tenant()
    {
        await using var first = await NumbersFixture.CreateAsync(postgres);
        await using var second = await NumbersFixture.CreateAsync(postgres, shared: first.Provider);
        var number = first.PhoneNumber(1);
        first.Provider.ForSale(number);
        await first.BuyAndRunAsync(number);
        first.Provider.Remove(number);
        first.Clock.Advance(TimeSpan.FromMinutes(1));
        first.Provider.BuyInConsole(second.AccountSid, number);

        var contested = (await second.Sync.RunAsync(second.TenantId, Job, default)).Value;
        var ended = (await first.Sync.RunAsync(first.TenantId, Job, default)).Value;
        var added = (await second.Sync.RunAsync(second.TenantId, Job, default)).Value;

        Assert.Equal((0, 1, 1, 1), (contested.Added, contested.OwnedByAnotherTenant, ended.Ended, added.Added));
        Assert.Equal(
            second.TenantId,
            await first.OneAsync<Guid>(
                "select tenant_id from phone_numbers where number = @Number and state = 'active'", new { Number = number }));
    }

    [Fact]
    public async Task A_failing_tenant_does_not_stop_the_hourly_run()
    {
        // The run processes all tenants of the database, so this test has its own database.
        var fixture = new PostgresFixture();
        await fixture.InitializeAsync();
        await using var healthy = await NumbersFixture.CreateAsync(fixture);
        await using var moved = await NumbersFixture.CreateAsync(fixture, shared: healthy.Provider);
        await using var broken = await NumbersFixture.CreateAsync(fixture, shared: healthy.Provider);
        await using var rejected = await NumbersFixture.CreateAsync(fixture, shared: healthy.Provider);
        var number = healthy.PhoneNumber(1);
        healthy.Provider.ForSale(number);
        await healthy.BuyAndRunAsync(number);
        healthy.Provider.Remove(number);
        healthy.Provider.BuyInConsole(moved.AccountSid, number);
        healthy.Clock.Advance(TimeSpan.FromMinutes(1));
        await broken.ExecuteAsync("update provider_accounts set secret = '\\x00' where tenant_id = @TenantId", new { broken.TenantId });
        healthy.Provider.Accounts.Remove(rejected.AccountSid);

        await new SyncNumbersOfAllTenants(healthy.SystemDb, healthy.Sync, healthy.Clock, healthy.Log.For<SyncNumbersOfAllTenants>())
            .RunAsync(null!, default);

        Assert.Equal(
            moved.TenantId,
            await healthy.OneAsync<Guid>(
                "select tenant_id from phone_numbers where number = @Number and state = 'active'", new { Number = number }));
        Assert.Equal(
            "rejected",
            await healthy.OneAsync<string>("select state from provider_accounts where tenant_id = @TenantId", new { rejected.TenantId }));
        Assert.Equal(
            "active",
            await healthy.OneAsync<string>("select state from provider_accounts where tenant_id = @TenantId", new { healthy.TenantId }));
        Assert.Contains("account.state", await rejected.AuditAsync());
    }

    [Fact]
    public async Task A_replaced_token_keeps_the_account_active_when_the_old_token_is_refused()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var old = (await world.Accounts.FindAsync(world.TenantId, default))!;
        world.Provider.Accounts[world.AccountSid] = ("the-new-token-0123456789", new AccountInfo("", "active", false, false));
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.ExecuteAsync(
            "update provider_accounts set updated_at = @Later where tenant_id = @TenantId",
            new { world.TenantId, Later = world.Clock.Now.AddSeconds(1).UtcDateTime });

        var failure = await world.Get<RefreshAccountState>().RunAsync(old, default);

        Assert.Equal("credentials_rejected", failure!.Code);
        Assert.Equal(
            "active",
            await world.OneAsync<string>("select state from provider_accounts where tenant_id = @TenantId", new { world.TenantId }));
    }

    [Fact]
    public async Task A_number_of_the_account_can_be_connected()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1), "https://elsewhere.example/sms");

        var connected = (await world.Configure.RunAsync(
            world.Caller, new ConfigureRequest { Number = world.PhoneNumber(1) }, default)).Value;
        var chosen = (await world.Configure.RunAsync(
            world.Caller,
            new ConfigureRequest { Number = world.PhoneNumber(1), WebhookUrl = "https://relais.example/api/receive-sms-twilio" },
            default)).Value;

        Assert.Equal(
            new ConfigureResult(true, world.PhoneNumber(1), "https://relais.example/api/webhook-router", "Webhook configured successfully"),
            connected);
        Assert.Equal("https://relais.example/api/receive-sms-twilio", chosen.SmsUrl);
        await world.AssertWorksAsync(world.PhoneNumber(1));
        // A repair keeps the chosen webhook URL.
        world.Provider.Change(world.PhoneNumber(1), owned => owned with { SmsFallbackUrl = null });
        Assert.Equal(
            "https://relais.example/api/receive-sms-twilio",
            (await world.Repair.RunAsync(
                world.Caller, (await world.NumberAsync(world.PhoneNumber(1))).Id, default)).Value.Webhook.Found.SmsUrl);
        Assert.Equal(
            "{\"success\":true,\"phone_number\":\"+1\",\"sms_url\":\"u\",\"message\":\"m\"}",
            Json.Write(new ConfigureResult(true, "+1", "u", "m")));
    }

    [Theory]
    [InlineData("https://elsewhere.example/api/webhook-router")]
    [InlineData("https://relais.example/api/webhook-router?x=1")]
    [InlineData("https://user@relais.example/api/webhook-router")]
    [InlineData("https://relais.example/api/v1/campaigns")]
    [InlineData("http://relais.example/api/webhook-router")]
    [InlineData("/api/webhook-router")]
    [InlineData("nonsense")]
    public async Task A_webhook_URL_outside_this_installation_is_refused(string url)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);

        var failure = (await world.Configure.RunAsync(
            world.Caller, new ConfigureRequest { Number = world.PhoneNumber(1), WebhookUrl = url }, default)).Failure!;

        Assert.Contains("webhook_url", failure.Faults!.Keys);
    }

    [Fact]
    public async Task Numbers_that_cannot_be_connected_are_reported()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(2));
        world.Provider.Distort = owned => owned with { SmsFallbackMethod = "GET" };

        Assert.Equal(
            "number_not_found",
            (await world.Configure.RunAsync(world.Caller, new ConfigureRequest { Number = world.PhoneNumber(1) }, default)).Failure!.Code);
        Assert.Equal(
            "webhook_not_accepted",
            (await world.Configure.RunAsync(world.Caller, new ConfigureRequest { Number = world.PhoneNumber(2) }, default)).Failure!.Code);
        Assert.Equal(
            0,
            await world.OneAsync<int>("select count(*) from phone_numbers where tenant_id = @TenantId", new { world.TenantId }));
    }

    [Theory]
    [InlineData("https://relais.example/api/webhook-router", "https://relais.example/api/webhook-router-backup", "POST", null, false)]
    [InlineData("https://RELAIS.example:443/api/webhook-router", "https://relais.example/api/webhook-router-backup", "post", null, false)]
    [InlineData("https://relais.example/api/webhook-router", "https://relais.example/api/webhook-router-backup", "POST", "AP1", true)]
    [InlineData("https://relais.example/api/webhook-router", null, "POST", null, true)]
    [InlineData("https://relais.example/api/webhook-router", "https://relais.example/api/webhook-router-backup", "GET", null, true)]
    [InlineData("https://elsewhere.example/api/webhook-router", "https://relais.example/api/webhook-router-backup", "POST", null, true)]
    [InlineData(null, null, null, null, true)]
    public void A_number_has_drifted_if_a_message_could_be_lost(
        string? url, string? fallback, string? method, string? application, bool drifted)
    {
        var targets = new RouterUrls(new PublicUrl(new Uri("https://relais.example")));

        Assert.Equal(
            drifted,
            targets.HasWrongWebhooks(
                Owned("+1") with
                {
                    SmsUrl = url,
                    SmsFallbackUrl = fallback,
                    SmsMethod = method,
                    SmsFallbackMethod = method,
                    SmsApplicationSid = application,
                    StatusCallback = targets.Expected.StatusCallback.ToString(),
                    StatusCallbackMethod = "POST",
                }));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("POST", false)]
    [InlineData("post", false)]
    [InlineData("GET", true)]
    [InlineData("PUT", true)]
    [InlineData("", true)]
    public void Review_B17_A_missing_method_means_POST_for_numbers_and_senders(string? method, bool drifted)
    {
        var targets = new RouterUrls(new PublicUrl(new Uri("https://relais.example")));
        var (router, fallback) = (targets.Expected.SmsUrl.ToString(), targets.Expected.SmsFallbackUrl.ToString());
        var number = Owned("+1") with
        {
            SmsUrl = router,
            SmsMethod = "POST",
            SmsFallbackUrl = fallback,
            SmsFallbackMethod = "POST",
            StatusCallback = router,
            StatusCallbackMethod = "POST",
        };
        var sender = new WhatsAppWebhook(router, "POST", fallback, "POST", router, "POST");

        Assert.All(
            [number with { SmsMethod = method }, number with { SmsFallbackMethod = method }, number with { StatusCallbackMethod = method }],
            owned => Assert.Equal(drifted, targets.HasWrongWebhooks(owned)));
        Assert.All(
            [
                sender with { CallbackMethod = method }, sender with { FallbackMethod = method },
                sender with { StatusCallbackMethod = method },
            ],
            webhook => Assert.Equal(drifted, !SenderWebhooks.PointHere(webhook, targets)));
    }

    [Fact]
    public void The_fallback_URL_uses_the_backup_address_if_configured()
    {
        var targets = new RouterUrls(new PublicUrl(new Uri("https://relais.example/base"), new Uri("https://backup.example/root/")));

        Assert.Equal(
            ("https://relais.example/base/api/webhook-router", "https://backup.example/root/api/webhook-router-backup"),
            (targets.Expected.SmsUrl.ToString(), targets.Expected.SmsFallbackUrl.ToString()));
        Assert.True(targets.IsRouter("https://relais.example/base/api/webhooks/twilio"));
    }

    private static NumberRow Row(string number, DateTimeOffset createdAt, string state = "active") => new()
    {
        Id = Guid.Empty,
        Number = number,
        ProviderSid = "PN",
        FriendlyName = "",
        Capabilities = [],
        Source = "account",
        State = state,
        Managed = true,
        Drifted = false,
        CreatedAt = createdAt.UtcDateTime,
    };

    private static OwnedNumber Owned(string number) =>
        new("PN", number, "", null, null, new NumberCapabilities(true, true, true), null, null, null, null, null);
}
