using System.Text;
using System.Text.Json.Nodes;
using Relais.Channels;
using Relais.Kit;
using Relais.Numbers.Inventory;
using Relais.Numbers.Offers;
using Relais.Numbers.Orders;
using Relais.Platform.Http;

namespace Functions.Tests.Numbers;

/// <summary>Tests requests of existing pages to the search, purchase and connect routes, and when a number can be connected.</summary>
public sealed class ConnectExistingNumberTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    public static TheoryData<string, string> Fields
    {
        get
        {
            var data = new TheoryData<string, string>();
            string[] search = ["account_sid", "auth_token", "areaCode", "contains", "country", "type"];
            string[] purchase = ["account_sid", "auth_token", "address_sid", "bundle_sid", "request_token"];
            string[] configure = ["account_sid", "auth_token", "webhook_url"];
            Array.ForEach(search, name => data.Add("search", name));
            Array.ForEach(purchase, name => data.Add("purchase", name));
            Array.ForEach(configure, name => data.Add("configure", name));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task An_empty_field_is_treated_as_missing(string route, string field)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var body = route == "search" ? [] : new JsonObject { ["phone_number"] = world.PhoneNumber(1) };
        body[field] = "";
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());

        if (route == "search")
        {
            Assert.Equal(new SearchRequest(), JsonBody.Parse<SearchRequest>(bytes).Value);
            Assert.True((await world.Search.RunAsync(world.TenantId, JsonBody.Parse<SearchRequest>(bytes).Value, default)).Value.Success);
        }
        else if (route == "purchase")
        {
            world.Provider.ForSale(world.PhoneNumber(1));
            var order = await world.Purchase.RunAsync(
                world.Caller, JsonBody.Parse<PurchaseRequest>(bytes).Value, null, world.Durable, default);
            Assert.Equal(order.Value.Id, (await world.BuyAsync(world.PhoneNumber(1))).Value.Id);
        }
        else
        {
            world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1));
            Assert.True(
                (await world.Configure.RunAsync(world.Caller, JsonBody.Parse<ConfigureRequest>(bytes).Value, default)).Value.Success);
        }
    }

    [Fact]
    public async Task An_account_SID_without_token_must_match_the_stored_account()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var other = await NumbersFixture.CreateAsync(postgres, shared: world.Provider);
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1));
        var request = new ConfigureRequest { Number = world.PhoneNumber(1), AccountSid = world.AccountSid };

        Assert.Equal(
            "account_mismatch",
            (await world.Configure.RunAsync(world.Caller, request with { AccountSid = other.AccountSid }, default)).Failure!.Code);
        Assert.Equal(
            ["account_sid"],
            (await world.Configure.RunAsync(
                world.Caller, request with { AccountSid = null, AuthToken = NumbersFixture.Token }, default)).Failure!.Faults!.Keys);
        Assert.True((await world.Configure.RunAsync(world.Caller, request, default)).Value.Success);
    }

    [Fact]
    public async Task A_webhook_URL_may_end_with_a_slash()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1));

        var connected = await world.Configure.RunAsync(
            world.Caller,
            new ConfigureRequest { Number = world.PhoneNumber(1), WebhookUrl = "https://relais.example/api/receive-sms-twilio/" },
            default);

        Assert.Equal("https://relais.example/api/receive-sms-twilio", connected.Value.SmsUrl);
        Assert.False(world.RouterUrls.IsRouter("https://relais.example/api/receive-sms-twilio//"));
        Assert.False(world.RouterUrls.IsRouter("https://relais.example/"));
    }

    [Fact]
    public async Task A_number_without_sms_is_not_connected()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(
            world.AccountSid,
            world.PhoneNumber(1),
            world.RouterUrls.Expected.SmsUrl.ToString(),
            world.RouterUrls.Expected.SmsFallbackUrl.ToString());
        world.Provider.Change(world.PhoneNumber(1), owned => owned with { Capabilities = new NumberCapabilities(false, false, true) });

        var refused = await world.Configure.RunAsync(world.Caller, new ConfigureRequest { Number = world.PhoneNumber(1) }, default);
        await world.Sync.RunAsync(world.TenantId, world.Caller.Actor, default);

        Assert.Equal("number_without_sms", refused.Failure!.Code);
        var row = await world.NumberAsync(world.PhoneNumber(1));
        Assert.Equal((false, null), (row.Managed, row.SenderId));
    }

    [Fact]
    public async Task Only_the_owner_of_a_number_gets_the_conflict_with_another_tenant()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var other = await NumbersFixture.CreateAsync(postgres, shared: world.Provider);
        var (foreignNumber, request) = (other.PhoneNumber(1), new ConfigureRequest { Number = other.PhoneNumber(1) });
        other.Provider.BuyInConsole(other.AccountSid, foreignNumber);
        await other.Sync.RunAsync(other.TenantId, other.Caller.Actor, default);

        var notFound = (await world.Configure.RunAsync(
            world.Caller, new ConfigureRequest { Number = world.PhoneNumber(2) }, default)).Failure;
        var foreign = (await world.Configure.RunAsync(world.Caller, request, default)).Failure;
        world.Provider.BuyInConsole(world.AccountSid, foreignNumber);
        var conflict = (await world.Configure.RunAsync(world.Caller, request, default)).Failure;

        Assert.Equal(notFound, foreign);
        Assert.Equal(("number_not_found", "number_elsewhere"), (foreign!.Code, conflict!.Code));
    }

    [Fact]
    public async Task Many_drifted_numbers_are_repaired_in_several_runs()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var expected = world.RouterUrls.Expected;
        for (var n = 0; n < 60; n++)
        {
            world.Provider.BuyInConsole(
                world.AccountSid, world.PhoneNumber(n), expected.SmsUrl.ToString(), expected.SmsFallbackUrl.ToString());
        }

        await world.Sync.RunAsync(world.TenantId, world.Caller.Actor, default);
        for (var n = 0; n < 60; n++)
        {
            world.Provider.Change(world.PhoneNumber(n), owned => owned with { StatusCallback = null });
        }

        Assert.Equal(new SyncOutcome(0, 0, 60, 50), (await world.Sync.RunAsync(world.TenantId, world.Caller.Actor, default)).Value);
        Assert.Equal(
            10,
            await world.OneAsync<int>(
                "select count(*)::int from phone_numbers where tenant_id = @TenantId and drifted", new { world.TenantId }));
        Assert.Equal(new SyncOutcome(0, 0, 10, 10), (await world.Sync.RunAsync(world.TenantId, world.Caller.Actor, default)).Value);
    }

    [Fact]
    public async Task Accounts_are_synchronised_oldest_check_first()
    {
        var fixture = new PostgresFixture();
        await fixture.InitializeAsync();
        await using var first = await NumbersFixture.CreateAsync(fixture);
        await using var second = await NumbersFixture.CreateAsync(fixture, shared: first.Provider);
        await using var third = await NumbersFixture.CreateAsync(fixture, shared: first.Provider);
        first.Clock.Advance(TimeSpan.FromHours(1));
        await first.ExecuteAsync(
            "update provider_accounts set checked_at = @At where tenant_id = @TenantId",
            new { first.TenantId, At = FixedClock.Start.AddMinutes(2).UtcDateTime });
        await first.ExecuteAsync(
            "update provider_accounts set checked_at = null where tenant_id = @TenantId", new { third.TenantId });
        await first.ExecuteAsync(
            "update provider_accounts set checked_at = @At where tenant_id = @TenantId",
            new { second.TenantId, At = first.Clock.Now.AddSeconds(1).UtcDateTime });

        await new SyncNumbersOfAllTenants(first.SystemDb, first.Sync, first.Clock, first.Log.For<SyncNumbersOfAllTenants>())
            .RunAsync(null!, default);

        // The second account was checked after the start of the run.
        Assert.Equal(2, first.Provider.Calls.Count(call => call == "list"));
    }
}
