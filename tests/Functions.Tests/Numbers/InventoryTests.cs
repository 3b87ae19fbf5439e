using Relais.Access;
using Relais.Channels;
using Relais.Kit;
using Relais.Platform.Http;
using Relais.Accounts;
using Relais.Numbers.Inventory;
using Relais.WhatsAppSenders;

namespace Functions.Tests.Numbers;

public sealed class InventoryTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Actor Job = Actor.System("sync-numbers");

    [Fact]
    public async Task Numbers_bought_in_the_console_appear_and_released_ones_end()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        var (order, _) = await world.BuyAndRunAsync(world.PhoneNumber(1));
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(2), "https://elsewhere.example/sms?token=secret");
        world.Clock.Advance(TimeSpan.FromMinutes(1));

        var first = (await world.Sync.RunAsync(world.TenantId, Job, default)).Value;
        var again = (await world.Sync.RunAsync(world.TenantId, Job, default)).Value;
        world.Provider.Remove(world.PhoneNumber(1));
        var gone = (await world.Sync.RunAsync(world.TenantId, Job, default)).Value;

        Assert.Equal((new SyncOutcome(1, 0, 0, 0), new SyncOutcome(0, 0, 0, 0), new SyncOutcome(0, 1, 0, 0)), (first, again, gone));
        var found = await world.NumberAsync(world.PhoneNumber(2));
        Assert.Equal(("account", false, null, "https://elsewhere.example/sms?…", "CA"), (found.Source, found.Managed, found.SenderId, found.SmsUrl, found.Country));
        var ended = await world.NumberAsync(world.PhoneNumber(1));
        Assert.Equal(("released", order.SenderId), (ended.State, ended.SenderId));
        Assert.Equal(1, await world.OneAsync<int>("select count(*) from senders where id = @SenderId and retired_at is not null", new { order.SenderId }));
        Assert.Equal(["account.connect", "number.found", "number.gone", "number.purchase", "order.create"], await world.AuditAsync());
    }

    [Fact]
    public async Task A_number_that_points_here_already_is_connected_when_it_is_found()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var expected = world.Targets.Expected;
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1), "https://relais.example/api/receive-sms-twilio", expected.SmsFallbackUrl.ToString());

        Assert.Equal(new SyncOutcome(1, 0, 0, 0), (await world.Sync.RunAsync(world.TenantId, Job, default)).Value);

        await world.AssertWorksAsync(world.PhoneNumber(1));
    }

    [Fact]
    public async Task Drift_is_shown_and_repaired_where_the_tenant_wants_it()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        await world.BuyAndRunAsync(world.PhoneNumber(1));
        world.Provider.Change(world.PhoneNumber(1), held => held with { SmsUrl = "https://user:pass@elsewhere.example/sms", SmsApplicationSid = "AP1" });
        await world.ExecuteAsync("update tenants set repair_webhooks = false where id = @TenantId", new { world.TenantId });

        var shown = (await world.Sync.RunAsync(world.TenantId, Job, default)).Value;
        var listed = (await new ListNumbers(world.Db, world.Targets).RunAsync(world.TenantId, new PageQuery(null, 10), false, default)).Numbers.Single();
        await world.ExecuteAsync("update tenants set repair_webhooks = true where id = @TenantId", new { world.TenantId });
        var repaired = (await world.Sync.RunAsync(world.TenantId, Job, default)).Value;

        Assert.Equal((new SyncOutcome(0, 0, 1, 0), new SyncOutcome(0, 0, 1, 1)), (shown, repaired));
        Assert.Equal((true, "https://elsewhere.example/sms", "AP1", "https://relais.example/api/webhook-router"),
            (listed.Webhook.Drifted, listed.Webhook.Found.SmsUrl, listed.Webhook.FoundApplicationSid, listed.Webhook.Expected.SmsUrl));
        await world.AssertWorksAsync(world.PhoneNumber(1));
        var (kind, before, after) = await world.OneAsync<(string, string, string)>("select actor_kind, before::text, after::text from audit where tenant_id = @TenantId and action = 'number.repair'", new { world.TenantId });
        Assert.Equal("system", kind);
        Assert.Contains("https://elsewhere.example/sms", before, StringComparison.Ordinal);
        Assert.Contains("https://relais.example/api/webhook-router", after, StringComparison.Ordinal);
        Assert.DoesNotContain("pass", before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_that_is_not_ours_to_manage_is_left_as_it_is()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1), "https://elsewhere.example/sms");
        await world.Sync.RunAsync(world.TenantId, Job, default);

        Assert.Equal(new SyncOutcome(0, 0, 0, 0), (await world.Sync.RunAsync(world.TenantId, Job, default)).Value);
        Assert.DoesNotContain("connect", world.Provider.Calls);
        Assert.Equal("number_not_managed", (await world.Repair.RunAsync(world.Caller, (await world.NumberAsync(world.PhoneNumber(1))).Id, default)).Failure!.Code);
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
            [Row("+1", since.AddSeconds(-1)), Row("+2", since), Row("+3", since.AddSeconds(-1), "releasing"), Row("+4", since.AddSeconds(-1)), Row("+5", since.AddSeconds(-1))],
            [Held("+5"), Held("+6"), Held("+7")],
            new HashSet<string> { "+4", "+7" },
            since);

        Assert.Equal(["+1"], plan.Missing.Select(row => row.Number));
        Assert.Equal(["+6"], plan.New.Select(held => held.Number));
        Assert.Equal(["+5"], plan.Present.Select(pair => pair.Row.Number));
    }

    [Fact]
    public async Task A_number_that_moved_to_another_tenant_s_account_moves_here_too()
    {
        await using var one = await NumbersFixture.CreateAsync(postgres);
        await using var two = await NumbersFixture.CreateAsync(postgres, shared: one.Provider);
        var number = one.PhoneNumber(1);
        one.Provider.ForSale(number);
        await one.BuyAndRunAsync(number);
        one.Provider.Remove(number);
        one.Clock.Advance(TimeSpan.FromMinutes(1));
        one.Provider.BuyInConsole(two.AccountSid, number);

        var contested = (await two.Sync.RunAsync(two.TenantId, Job, default)).Value;
        var let = (await one.Sync.RunAsync(one.TenantId, Job, default)).Value;
        var taken = (await two.Sync.RunAsync(two.TenantId, Job, default)).Value;

        Assert.Equal((0, 1, 1, 1), (contested.Added, contested.OwnedByAnotherTenant, let.Ended, taken.Added));
        Assert.Equal(two.TenantId, await one.OneAsync<Guid>("select tenant_id from phone_numbers where number = @Number and state = 'active'", new { Number = number }));
    }

    [Fact]
    public async Task The_hourly_run_reaches_every_tenant_whatever_happens_to_one()
    {
        // of its own: the run reaches every tenant that there is; its databases go with the server
        var fixture = new PostgresFixture();
        await fixture.InitializeAsync();
        await using var good = await NumbersFixture.CreateAsync(fixture);
        await using var moved = await NumbersFixture.CreateAsync(fixture, shared: good.Provider);
        await using var broken = await NumbersFixture.CreateAsync(fixture, shared: good.Provider);
        await using var rejected = await NumbersFixture.CreateAsync(fixture, shared: good.Provider);
        var number = good.PhoneNumber(1);
        good.Provider.ForSale(number);
        await good.BuyAndRunAsync(number);
        good.Provider.Remove(number);
        good.Provider.BuyInConsole(moved.AccountSid, number);
        good.Clock.Advance(TimeSpan.FromMinutes(1));
        await broken.ExecuteAsync("update provider_accounts set secret = '\\x00' where tenant_id = @TenantId", new { broken.TenantId });
        good.Provider.Accounts.Remove(rejected.AccountSid);

        await new SyncNumbersOfAllTenants(good.SystemDb, good.Sync, good.Clock, good.Log.For<SyncNumbersOfAllTenants>()).RunAsync(null!, default);

        Assert.Equal(moved.TenantId, await good.OneAsync<Guid>("select tenant_id from phone_numbers where number = @Number and state = 'active'", new { Number = number }));
        Assert.Equal("rejected", await good.OneAsync<string>("select state from provider_accounts where tenant_id = @TenantId", new { rejected.TenantId }));
        Assert.Equal("active", await good.OneAsync<string>("select state from provider_accounts where tenant_id = @TenantId", new { good.TenantId }));
        Assert.Contains("account.state", await rejected.AuditAsync());
    }

    [Fact]
    public async Task A_token_that_was_replaced_meanwhile_is_not_judged_by_the_old_one()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var old = (await world.Accounts.FindAsync(world.TenantId, default))!;
        world.Provider.Accounts[world.AccountSid] = ("the-new-token-0123456789", new AccountInfo("", "active", false, false));
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.ExecuteAsync("update provider_accounts set updated_at = @Later where tenant_id = @TenantId", new { world.TenantId, Later = world.Clock.Now.AddSeconds(1).UtcDateTime });

        var failure = await new RefreshAccountState(world.Db, world.Provider, world.Clock).RefreshAsync(old, default);

        Assert.Equal("credentials_rejected", failure!.Code);
        Assert.Equal("active", await world.OneAsync<string>("select state from provider_accounts where tenant_id = @TenantId", new { world.TenantId }));
    }

    [Fact]
    public async Task A_number_of_the_account_is_connected_on_request()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1), "https://elsewhere.example/sms");

        var usual = (await world.Configure.RunAsync(world.Caller, new ConfigureRequest { Number = world.PhoneNumber(1) }, default)).Value;
        var chosen = (await world.Configure.RunAsync(world.Caller, new ConfigureRequest { Number = world.PhoneNumber(1), WebhookUrl = "https://relais.example/api/receive-sms-twilio" }, default)).Value;

        Assert.Equal(new ConfigureResult(true, world.PhoneNumber(1), "https://relais.example/api/webhook-router", "Webhook configured successfully"), usual);
        Assert.Equal("https://relais.example/api/receive-sms-twilio", chosen.SmsUrl);
        await world.AssertWorksAsync(world.PhoneNumber(1));
        // what was chosen is kept by a repair
        world.Provider.Change(world.PhoneNumber(1), held => held with { SmsFallbackUrl = null });
        Assert.Equal("https://relais.example/api/receive-sms-twilio", (await world.Repair.RunAsync(world.Caller, (await world.NumberAsync(world.PhoneNumber(1))).Id, default)).Value.Webhook.Found.SmsUrl);
        Assert.Equal("{\"success\":true,\"phone_number\":\"+1\",\"sms_url\":\"u\",\"message\":\"m\"}", Json.Write(new ConfigureResult(true, "+1", "u", "m")));
    }

    [Theory]
    [InlineData("https://elsewhere.example/api/webhook-router")]
    [InlineData("https://relais.example/api/webhook-router?x=1")]
    [InlineData("https://user@relais.example/api/webhook-router")]
    [InlineData("https://relais.example/api/v1/campaigns")]
    [InlineData("http://relais.example/api/webhook-router")]
    [InlineData("/api/webhook-router")]
    [InlineData("nonsense")]
    public async Task Only_addresses_of_this_installation_are_set(string url)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);

        var failure = (await world.Configure.RunAsync(world.Caller, new ConfigureRequest { Number = world.PhoneNumber(1), WebhookUrl = url }, default)).Failure!;

        Assert.Contains("webhook_url", failure.Faults!.Keys);
    }

    [Fact]
    public async Task Numbers_that_cannot_be_connected_are_reported()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(2));
        world.Provider.Distort = held => held with { SmsFallbackMethod = "GET" };

        Assert.Equal("number_not_found", (await world.Configure.RunAsync(world.Caller, new ConfigureRequest { Number = world.PhoneNumber(1) }, default)).Failure!.Code);
        Assert.Equal("webhook_not_accepted", (await world.Configure.RunAsync(world.Caller, new ConfigureRequest { Number = world.PhoneNumber(2) }, default)).Failure!.Code);
        Assert.Equal(0, await world.OneAsync<int>("select count(*) from phone_numbers where tenant_id = @TenantId", new { world.TenantId }));
    }

    [Theory]
    [InlineData("https://relais.example/api/webhook-router", "https://relais.example/api/webhook-router-backup", "POST", null, false)]
    [InlineData("https://RELAIS.example:443/api/webhook-router", "https://relais.example/api/webhook-router-backup", "post", null, false)]
    [InlineData("https://relais.example/api/webhook-router", "https://relais.example/api/webhook-router-backup", "POST", "AP1", true)]
    [InlineData("https://relais.example/api/webhook-router", null, "POST", null, true)]
    [InlineData("https://relais.example/api/webhook-router", "https://relais.example/api/webhook-router-backup", "GET", null, true)]
    [InlineData("https://elsewhere.example/api/webhook-router", "https://relais.example/api/webhook-router-backup", "POST", null, true)]
    [InlineData(null, null, null, null, true)]
    public void A_number_has_drifted_when_a_message_could_miss_us(string? url, string? fallback, string? method, string? application, bool drifted)
    {
        var targets = new RouterUrls(new PublicUrl(new Uri("https://relais.example")));

        Assert.Equal(drifted, targets.PointsElsewhere(Held("+1") with { SmsUrl = url, SmsFallbackUrl = fallback, SmsMethod = method, SmsFallbackMethod = method, SmsApplicationSid = application, StatusCallback = targets.Expected.StatusCallback.ToString(), StatusCallbackMethod = "POST" }));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("POST", false)]
    [InlineData("post", false)]
    [InlineData("GET", true)]
    [InlineData("PUT", true)]
    [InlineData("", true)]
    public void Review_B17_A_method_that_is_not_set_is_post_for_numbers_and_for_senders(string? method, bool drifted)
    {
        var targets = new RouterUrls(new PublicUrl(new Uri("https://relais.example")));
        var (router, fallback) = (targets.Expected.SmsUrl.ToString(), targets.Expected.SmsFallbackUrl.ToString());
        var number = Held("+1") with { SmsUrl = router, SmsMethod = "POST", SmsFallbackUrl = fallback, SmsFallbackMethod = "POST", StatusCallback = router, StatusCallbackMethod = "POST" };
        var sender = new WhatsAppWebhook(router, "POST", fallback, "POST", router, "POST");

        Assert.All(
            [number with { SmsMethod = method }, number with { SmsFallbackMethod = method }, number with { StatusCallbackMethod = method }],
            held => Assert.Equal(drifted, targets.PointsElsewhere(held)));
        Assert.All(
            [sender with { CallbackMethod = method }, sender with { FallbackMethod = method }, sender with { StatusCallbackMethod = method }],
            webhook => Assert.Equal(drifted, !SenderWebhooks.PointHere(webhook, targets)));
    }

    [Fact]
    public void The_second_app_has_an_address_of_its_own_where_one_is_set()
    {
        var targets = new RouterUrls(new PublicUrl(new Uri("https://relais.example/base"), new Uri("https://backup.example/root/")));

        Assert.Equal(("https://relais.example/base/api/webhook-router", "https://backup.example/root/api/webhook-router-backup"), (targets.Expected.SmsUrl.ToString(), targets.Expected.SmsFallbackUrl.ToString()));
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

    private static OwnedNumber Held(string number) => new("PN", number, "", null, null, new NumberCapabilities(true, true, true), null, null, null, null, null);
}
