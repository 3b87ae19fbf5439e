using Relais.Channels;
using Relais.Kit;
using Relais.Numbers.Orders;
using Relais.Platform;

namespace Functions.Tests.Numbers;

/// <summary>Tests the checks before a purchase, and repeated purchase requests.</summary>
public sealed class PurchaseRequestTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_repeated_token_returns_its_order_and_refuses_another_body()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        world.Provider.ForSale(world.PhoneNumber(2));

        var first = await world.BuyAsync(number, "t-1");
        var repeated = await world.BuyAsync(number, "t-1");
        await InlineOrderOrchestration.RunAsync(world, first.Value.Id);
        var done = await world.BuyAsync(number, "t-1");
        var other = await world.BuyAsync(world.PhoneNumber(2), "t-1");

        Assert.Equal((first.Value.Id, "reserved"), (repeated.Value.Id, repeated.Value.Status));
        Assert.Equal((first.Value.Id, "done"), (done.Value.Id, done.Value.Status));
        Assert.Equal((FailureKind.Conflict, "request_token_reused"), (other.Failure!.Kind, other.Failure.Code));
        Assert.Equal(1, world.Provider.Bought);
        Assert.Single(world.Durable.Scheduled);
    }

    [Fact]
    public async Task Without_a_token_an_owned_number_returns_its_order()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);

        var (order, _) = await world.BuyAndRunAsync(number);
        var repeated = await world.BuyAsync(number);
        world.Provider.Remove(number);
        await world.ExecuteAsync("update phone_numbers set state = 'released' where number = @Number", new { Number = number });
        var (second, _) = await world.BuyAndRunAsync(number);

        Assert.Equal(order.Id, repeated.Value.Id);
        Assert.NotEqual(order.Id, second.Id);
        Assert.Equal(("done", order.SenderId, 2), (second.Status, second.SenderId, world.Provider.Bought));
    }

    [Fact]
    public async Task Ten_concurrent_requests_buy_one_number()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);

        var orders = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => world.BuyAsync(number, n < 5 ? "same" : null)));
        await InlineOrderOrchestration.RunAsync(world, orders[0].Value.Id);

        Assert.Single(orders.Select(order => order.Value.Id).Distinct());
        Assert.Equal(1, world.Provider.Bought);
        Assert.Equal(
            1,
            await world.OneAsync<int>("select count(*) from number_orders where tenant_id = @TenantId", new { world.TenantId }));
    }

    [Fact]
    public async Task An_order_that_ended_during_the_checks_blocks_a_new_order()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var number = world.PhoneNumber(1);
        world.Provider.ForSale(number);
        var account = (await world.Accounts.FindAsync(world.TenantId, default))!;
        var (since, offer) = (world.Clock.Now, (await world.FindNumberForSale.RunAsync(account.Credentials, number)).Value);
        await world.BuyAndRunAsync(number);
        var (request, orders) = (new PurchaseRequest { Number = number }, world.CreateOrder);

        Assert.Null(await orders.InsertAsync(world.Caller, account, request, "late", offer, since, default));
        // An older order is no obstacle: the account no longer had the number at the time of the check.
        Assert.NotNull(await orders.InsertAsync(world.Caller, account, request, "later", offer, since.AddMinutes(1), default));
    }

    [Fact]
    public async Task Only_one_of_two_tenants_gets_a_number()
    {
        await using var first = await NumbersFixture.CreateAsync(postgres);
        await using var second = await NumbersFixture.CreateAsync(postgres, shared: first.Provider);
        var number = first.PhoneNumber(1);
        first.Provider.ForSale(number);

        var order = await first.BuyAsync(number);
        var meanwhile = await second.BuyAsync(number);
        await InlineOrderOrchestration.RunAsync(first, order.Value.Id);
        var afterwards = await second.BuyAsync(number);

        Assert.Equal(("number_not_available", "number_not_available"), (meanwhile.Failure!.Code, afterwards.Failure!.Code));
        await first.AssertWorksAsync(number);
        Assert.Equal(
            0,
            await first.OneAsync<int>("select count(*) from number_orders where tenant_id = @TenantId", new { second.TenantId }));
    }

    [Fact]
    public async Task A_number_of_the_account_is_not_bought_again()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.BuyInConsole(world.AccountSid, world.PhoneNumber(1));

        Assert.Equal("number_already_owned", (await world.BuyAsync(world.PhoneNumber(1))).Failure!.Code);
    }

    [Theory]
    [InlineData("suspended", "account_suspended")]
    [InlineData("closed", "account_closed")]
    public async Task An_inactive_account_cannot_buy(string status, string code)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        world.Provider.Accounts[world.AccountSid] = (NumbersFixture.Token, new AccountInfo("", status, false, false));

        Assert.Equal(code, (await world.BuyAsync(world.PhoneNumber(1))).Failure!.Code);
        Assert.DoesNotContain("buy", world.Provider.Calls);
    }

    [Theory]
    [InlineData("1.14", "USD", "", "balance_too_low")]
    [InlineData("1.15", "USD", "", null)]
    [InlineData("1.14", "USD", "trial", "balance_too_low")]
    [InlineData("0", "EUR", "trial", "balance_too_low")]
    [InlineData("0.01", "EUR", "trial", null)]
    [InlineData("0", "USD", "trial", "balance_too_low")]
    // These accounts are billed by invoice.
    [InlineData("0", "USD", "", null)]
    [InlineData("-250", "EUR", "", null)]
    [InlineData("0", "USD", "sub-account", null)]
    public async Task A_prepaid_balance_must_cover_the_price(string amount, string currency, string account, string? code)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await world.ExecuteAsync(
            """
            insert into prices (item, country, valid_from, amount)
            values ('number-local', 'CA', '2025-01-01', 1.15), ('number-local', 'CA', '2030-01-01', 9) on conflict do nothing
            """);
        world.Provider.ForSale(world.PhoneNumber(1));
        world.Provider.Balance = new Money(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), currency);
        world.Provider.Accounts[world.AccountSid] = (
            NumbersFixture.Token,
            new AccountInfo("", "active", account == "trial", account == "sub-account"));

        Assert.Equal(code, (await world.BuyAsync(world.PhoneNumber(1))).Failure?.Code);
    }

    [Fact]
    public async Task A_missing_address_is_reported_with_the_usable_ones()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1), "local");
        world.Provider.Addresses.Add(new AddressRecord(Sid("AD", 1), "Clinique", "CA"));
        world.Provider.Addresses.Add(new AddressRecord(Sid("AD", 2), "Paris", "FR"));

        var missing = (await world.BuyAsync(world.PhoneNumber(1))).Failure!;
        var notAccepted = (await world.BuyAsync(world.PhoneNumber(1), addressSid: Sid("AD", 2))).Failure!;
        var accepted = await world.BuyAsync(world.PhoneNumber(1), addressSid: Sid("AD", 1));

        Assert.Equal((FailureKind.Invalid, "address_required"), (missing.Kind, missing.Code));
        Assert.Equal(["is required"], missing.Faults!["address_sid"]);
        Assert.Equal([$"{Sid("AD", 1)} Clinique"], missing.Faults["addresses"]);
        Assert.Equal("address_not_accepted", notAccepted.Code);
        Assert.Equal(("reserved", Sid("AD", 1)), (accepted.Value.Status, accepted.Value.AddressSid));
    }

    [Fact]
    public async Task A_missing_bundle_is_reported_with_the_approved_ones()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        world.Provider.Regulations.Add(new NumberRegulation("Canada: Local - Business", "business", true));
        world.Provider.Bundles.Add(new BundleRecord(Sid("BU", 1), "Dossier"));

        var missing = (await world.BuyAsync(world.PhoneNumber(1))).Failure!;
        var notAccepted = (await world.BuyAsync(world.PhoneNumber(1), bundleSid: Sid("BU", 2))).Failure!;
        var accepted = await world.BuyAsync(world.PhoneNumber(1), bundleSid: Sid("BU", 1));

        Assert.Equal(
            ("bundle_required", "is required", $"{Sid("BU", 1)} Dossier"),
            (missing.Code, missing.Faults!["bundle_sid"][0], missing.Faults["bundles"][0]));
        Assert.Equal(
            ("bundle_not_accepted", "is none of the approved bundles that would do"),
            (notAccepted.Code, notAccepted.Faults!["bundle_sid"][0]));
        Assert.Equal("reserved", accepted.Value.Status);
    }

    [Theory]
    [InlineData("regulations", 403, null)]
    [InlineData("bundles", 403, null)]
    [InlineData("addresses", 403, null)]
    [InlineData("regulations", 401, "credentials_rejected")]
    [InlineData("bundles", 429, "provider_busy")]
    public async Task Forbidden_lookups_do_not_block_the_purchase(string call, int status, string? code)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1), "any");
        world.Provider.Addresses.Add(new AddressRecord(Sid("AD", 1), "Clinique", "CA"));
        world.Provider.Regulations.Add(new NumberRegulation("Canada: Local - Business", "business", true));
        world.Provider.Bundles.Add(new BundleRecord(Sid("BU", 1), "Dossier"));
        world.Provider.FailNext(call, FakeNumberProvider.Refusal(status == 401 ? "20003" : "20403", status));

        Assert.Equal(code, (await world.BuyAsync(world.PhoneNumber(1), addressSid: Sid("AD", 1), bundleSid: Sid("BU", 1))).Failure?.Code);
    }

    [Fact]
    public async Task A_country_without_numbers_for_sale_is_reported()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.FailNext("search", FakeNumberProvider.Refusal("20404", 404), times: 3);

        Assert.Equal("type_not_sold", (await world.BuyAsync("+224620000001")).Failure!.Code);
        Assert.Equal("number_not_available", (await world.BuyAsync("+224620000001")).Failure!.Code);
    }

    [Fact]
    public async Task A_number_without_sms_is_not_bought()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1), sms: false);

        Assert.Equal("number_without_sms", (await world.BuyAsync(world.PhoneNumber(1))).Failure!.Code);
    }

    [Theory]
    [InlineData("account")]
    [InlineData("list")]
    [InlineData("search")]
    [InlineData("regulations")]
    [InlineData("balance")]
    public async Task Unanswered_checks_leave_no_order(string call)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        foreach (var (failure, code) in new[]
        {
            (FakeNumberProvider.Silent, "provider_unavailable"), (FakeNumberProvider.Unreachable, "provider_unavailable"),
            (FakeNumberProvider.Broken, "provider_unavailable"), (FakeNumberProvider.Busy, "provider_busy"),
        })
        {
            world.Provider.FailNext(call, failure);

            var refused = (await world.BuyAsync(world.PhoneNumber(1))).Failure!;

            Assert.Equal((FailureKind.Unavailable, code), (refused.Kind, refused.Code));
        }

        Assert.Equal(
            0,
            await world.OneAsync<int>("select count(*) from number_orders where tenant_id = @TenantId", new { world.TenantId }));
        Assert.DoesNotContain("buy", world.Provider.Calls);
    }

    [Fact]
    public async Task Credentials_in_the_body_are_saved_if_none_are_stored_and_must_match_otherwise()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres, connected: false);
        world.Provider.ForSale(world.PhoneNumber(1));
        var request = new PurchaseRequest
        {
            Number = world.PhoneNumber(1),
            AccountSid = world.AccountSid,
            AuthToken = NumbersFixture.Token,
        };

        var withoutAccount = await world.BuyAsync(world.PhoneNumber(1));
        var rejected = await world.Purchase.RunAsync(
            world.Caller, request with { AuthToken = "wrong-wrong-wrong-wrong" }, null, world.Durable, default);
        var saved = await world.Purchase.RunAsync(world.Caller, request, null, world.Durable, default);
        var mismatch = await world.Purchase.RunAsync(
            world.Caller, request with { AccountSid = $"AC{new string('f', 32)}" }, null, world.Durable, default);

        Assert.Equal(
            ("no_account", "credentials_rejected", "account_mismatch"),
            (withoutAccount.Failure!.Code, rejected.Failure!.Code, mismatch.Failure!.Code));
        Assert.Equal("reserved", saved.Value.Status);
        Assert.Equal(world.AccountSid, (await world.Accounts.FindAsync(world.TenantId, default))!.Credentials.Sid);
    }

    [Fact]
    public async Task A_token_in_the_body_replaces_only_a_refused_stored_token()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        const string other = "the-secondary-token-0123";
        world.Provider.SecondaryTokens.Add(other);
        world.Provider.ForSale(world.PhoneNumber(1));
        world.Provider.ForSale(world.PhoneNumber(2));
        var request = new PurchaseRequest { Number = world.PhoneNumber(1), AccountSid = world.AccountSid, AuthToken = other };

        var notAccepted = await world.Purchase.RunAsync(
            world.Caller, request with { AuthToken = "wrong-wrong-wrong-wrong" }, null, world.Durable, default);
        var bought = await world.Purchase.RunAsync(world.Caller, request, null, world.Durable, default);
        var stored = (await world.Accounts.FindAsync(world.TenantId, default))!;
        world.Provider.Accounts[world.AccountSid] = (other, new AccountInfo("", "active", false, false));
        var next = await world.Purchase.RunAsync(
            world.Caller, request with { Number = world.PhoneNumber(2) }, null, world.Durable, default);

        Assert.Equal(("credentials_rejected", "reserved", "reserved"), (notAccepted.Failure!.Code, bought.Value.Status, next.Value.Status));
        Assert.Equal((NumbersFixture.Token, "active"), (stored.Credentials.Token, stored.State));
        Assert.Equal(other, (await world.Accounts.FindAsync(world.TenantId, default))!.Credentials.Token);
    }

    [Fact]
    public async Task An_invalid_request_reports_every_fault()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var request = new PurchaseRequest { AccountSid = "AC1", Number = "418", AddressSid = "AD", BundleSid = "x", RequestToken = "a b" };

        var faults = (await world.Purchase.RunAsync(world.Caller, request, "other", world.Durable, default)).Failure!.Faults!;

        Assert.Equal(
            ["account_sid", "address_sid", "bundle_sid", "phone_number", "request_token"],
            faults.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(2, faults["request_token"].Length);
    }

    [Fact]
    public async Task The_idempotency_key_header_is_used_as_token()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));

        var order = await world.Purchase.RunAsync(
            world.Caller, new PurchaseRequest { Number = world.PhoneNumber(1) }, "h-1", world.Durable, default);

        Assert.Equal("h-1", order.Value.IdempotencyKey);
    }

    private static string Sid(string prefix, int n) => $"{prefix}{n:x32}";
}
