using Functions.Tests.Numbers;
using Relais.Accounts;
using Relais.Channels;
using Relais.Kit;
using Relais.Platform;
using Relais.Platform.Http;

namespace Functions.Tests.Accounts;

public sealed class CredentialsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Credentials_are_checked_sealed_and_never_returned()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres, connected: false);
        world.Provider.Accounts[world.AccountSid] = (NumbersFixture.Token, new AccountInfo("Clinique de la Gare", "active", true, false));

        var view = (await world.Save.RunAsync(
            world.Caller, new CredentialsRequest(world.AccountSid, NumbersFixture.Token, Sid("AP")), default)).Value;
        var telephony = await world.Get<GetTelephony>().RunAsync(world.TenantId, default);

        Assert.Equal(
            ("Clinique de la Gare", "active", true, Sid("AP"), world.AccountSid),
            (view.FriendlyName, view.State, view.Trial, view.ApplicationSid, view.AccountSid));
        Assert.Equal(view, telephony.Account);
        Assert.Equal("https://relais.example/api/webhook-router-backup", telephony.Webhooks.SmsFallbackUrl.ToString());
        Assert.DoesNotContain(NumbersFixture.Token, Json.Write(view) + Json.Write(telephony), StringComparison.Ordinal);
        Assert.Equal(NumbersFixture.Token, (await world.Accounts.FindAsync(world.TenantId, default))!.Credentials.Token);
        Assert.DoesNotContain(
            NumbersFixture.Token,
            await world.OneAsync<string>(
                "select encode(secret, 'escape') from provider_accounts where tenant_id = @TenantId", new { world.TenantId }),
            StringComparison.Ordinal);
        Assert.Equal(
            0,
            await world.OneAsync<int>(
                "select count(*) from audit where tenant_id = @TenantId and audit::text like '%' || @Token || '%'",
                new { world.TenantId, NumbersFixture.Token }));
    }

    public static TheoryData<string, string, string> Refusals => new()
    {
        { "rejected", nameof(FailureKind.Invalid), "credentials_rejected" },
        { "missing", nameof(FailureKind.Invalid), "credentials_rejected" },
        { "suspended", nameof(FailureKind.Conflict), "account_suspended" },
        { "20005", nameof(FailureKind.Conflict), "account_suspended" },
        { "closed", nameof(FailureKind.Conflict), "account_closed" },
        { "unreachable", nameof(FailureKind.Unavailable), "provider_unavailable" },
        { "silent", nameof(FailureKind.Unavailable), "provider_unavailable" },
        { "broken", nameof(FailureKind.Unavailable), "provider_unavailable" },
        { "busy", nameof(FailureKind.Unavailable), "provider_busy" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Unconfirmed_credentials_are_not_saved(string refusal, string kind, string code)
    {
        await using var world = await NumbersFixture.CreateAsync(postgres, connected: false);
        if (refusal is "suspended" or "closed")
        {
            world.Provider.Accounts[world.AccountSid] = (NumbersFixture.Token, new AccountInfo("", refusal, false, false));
        }
        else if (refusal != "rejected")
        {
            world.Provider.FailNext("account", refusal switch
            {
                "missing" => FakeNumberProvider.Refusal("20404", 404),
                "20005" => FakeNumberProvider.Refusal("20005", 403),
                "unreachable" => FakeNumberProvider.Unreachable,
                "silent" => FakeNumberProvider.Silent,
                "broken" => FakeNumberProvider.Broken,
                _ => FakeNumberProvider.Busy,
            });
        }

        var failure = (await world.Save.RunAsync(
            world.Caller,
            new CredentialsRequest(world.AccountSid, refusal == "rejected" ? "another-token-of-16" : NumbersFixture.Token),
            default)).Failure!;

        Assert.Equal((kind, code), (failure.Kind.ToString(), failure.Code));
        Assert.Null(await world.Accounts.FindAsync(world.TenantId, default));
        Assert.Empty(await world.AuditAsync());
    }

    [Fact]
    public async Task Saving_an_account_again_replaces_the_token_and_keeps_the_application()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await world.Save.RunAsync(world.Caller, new CredentialsRequest(world.AccountSid, NumbersFixture.Token, Sid("AP")), default);
        world.Provider.Accounts[world.AccountSid] = ("the-new-token-0123456789", new AccountInfo("", "active", false, false));
        await world.ExecuteAsync("update provider_accounts set state = 'rejected' where tenant_id = @TenantId", new { world.TenantId });

        var view = (await world.Save.RunAsync(
            world.Caller, new CredentialsRequest(world.AccountSid, "the-new-token-0123456789"), default)).Value;

        Assert.Equal(("active", Sid("AP")), (view.State, view.ApplicationSid));
        Assert.Equal("the-new-token-0123456789", (await world.Accounts.FindAsync(world.TenantId, default))!.Credentials.Token);
        Assert.Equal(["account.connect", "account.update", "account.update"], await world.AuditAsync());
    }

    [Fact]
    public async Task An_account_is_replaced_only_if_it_is_not_in_use()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        var other = $"AC{new string('e', 31)}{world.Number % 10}";
        world.Provider.Accounts[other] = (NumbersFixture.Token, new AccountInfo("", "active", false, false));
        world.Provider.ForSale(world.PhoneNumber(1));
        var (order, _) = await world.BuyAndRunAsync(world.PhoneNumber(1));

        var refused = await world.Save.RunAsync(world.Caller, new CredentialsRequest(other, NumbersFixture.Token), default);
        await world.ExecuteAsync("update phone_numbers set state = 'released' where tenant_id = @TenantId", new { world.TenantId });
        var sender = await world.Save.RunAsync(world.Caller, new CredentialsRequest(other, NumbersFixture.Token), default);
        await world.ExecuteAsync("update senders set retired_at = now() where id = @SenderId", new { order.SenderId });
        var changed = await world.Save.RunAsync(world.Caller, new CredentialsRequest(other, NumbersFixture.Token), default);

        Assert.Equal(("account_has_numbers", "account_has_numbers"), (refused.Failure!.Code, sender.Failure!.Code));
        Assert.Equal(other, changed.Value.AccountSid);
    }

    [Fact]
    public async Task An_account_belongs_to_one_tenant()
    {
        await using var first = await NumbersFixture.CreateAsync(postgres);
        await using var second = await NumbersFixture.CreateAsync(postgres, connected: false, shared: first.Provider);

        Assert.Equal(
            "account_in_use",
            (await second.Save.RunAsync(
                second.Caller, new CredentialsRequest(first.AccountSid, NumbersFixture.Token), default)).Failure!.Code);
    }

    [Fact]
    public async Task An_account_SID_is_stored_in_the_spelling_of_the_provider()
    {
        await using var first = await NumbersFixture.CreateAsync(postgres, connected: false);
        await using var second = await NumbersFixture.CreateAsync(postgres, connected: false, shared: first.Provider);
        var sid = $"AC{new string('e', 28)}{first.Number:d4}";
        first.Provider.Accounts[sid] = (NumbersFixture.Token, new AccountInfo("", "active", false, false));
        var typed = new CredentialsRequest($"AC{sid[2..].ToUpperInvariant()}", NumbersFixture.Token);

        var (saved, repeated) = (
            await first.Save.RunAsync(first.Caller, typed, default),
            await first.Save.RunAsync(first.Caller, typed, default));

        Assert.Equal((sid, sid), (saved.Value.AccountSid, repeated.Value.AccountSid));
        Assert.Equal("account_in_use", (await second.Save.RunAsync(second.Caller, typed, default)).Failure!.Code);
        Assert.Null((await first.ResolveAccount.RunAsync(first.Caller, typed.AccountSid, typed.AuthToken, default)).Failure);
    }

    [Fact]
    public async Task An_answer_about_another_account_is_refused()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres, connected: false);
        world.Provider.Accounts[world.AccountSid] = (
            NumbersFixture.Token,
            new AccountInfo("", "active", false, false) { Sid = $"AC{new string('f', 32)}" });

        Assert.Equal(
            "credentials_rejected",
            (await world.Save.RunAsync(
                world.Caller, new CredentialsRequest(world.AccountSid, NumbersFixture.Token), default)).Failure!.Code);
        Assert.Null(await world.Accounts.FindAsync(world.TenantId, default));
    }

    [Fact]
    public async Task Ten_concurrent_saves_store_one_account()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres, connected: false);

        var saved = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(
                _ => world.Save.RunAsync(world.Caller, new CredentialsRequest(world.AccountSid, NumbersFixture.Token), default)));

        Assert.All(saved, result => Assert.Null(result.Failure));
        Assert.Equal(
            1,
            await world.OneAsync<int>("select count(*) from provider_accounts where tenant_id = @TenantId", new { world.TenantId }));
    }

    [Fact]
    public async Task Deleting_an_unused_account_deletes_its_secret()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        var (order, _) = await world.BuyAndRunAsync(world.PhoneNumber(1));

        var refused = await world.Delete.RunAsync(world.Caller, false, default);
        await world.Release.RunAsync(world.Caller, order.NumberId!.Value, new(world.PhoneNumber(1)), default);
        var deleted = await world.Delete.RunAsync(world.Caller, false, default);
        var repeated = await world.Delete.RunAsync(world.Caller, false, default);

        Assert.Equal(("account_has_numbers", (Failure?)null, (Failure?)null), (refused!.Code, deleted, repeated));
        Assert.Null(await world.Accounts.FindAsync(world.TenantId, default));
        Assert.Equal(
            1,
            await world.OneAsync<int>(
                "select count(*) from senders where tenant_id = @TenantId and account_id is null and retired_at is not null",
                new { world.TenantId }));
        Assert.Contains("account.disconnect", await world.AuditAsync());
    }

    [Fact]
    public async Task Saving_credentials_reports_every_fault()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres, connected: false);

        var empty = (await world.Save.RunAsync(world.Caller, new CredentialsRequest(), default)).Failure!.Faults!;
        var malformed = (await world.Save.RunAsync(world.Caller, new CredentialsRequest("AC1", "short", "AP1"), default)).Failure!.Faults!;

        Assert.Equal(["accountSid", "authToken"], empty.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["accountSid", "applicationSid", "authToken"], malformed.Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain("short", new CredentialsRequest("AC1", "short").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("short", new ProviderCredentials("AC1", "short").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_settings_view_shows_only_the_own_tenant_and_no_token()
    {
        await using var world = await NumbersFixture.CreateAsync(postgres);
        await using var other = await NumbersFixture.CreateAsync(postgres);
        world.Provider.ForSale(world.PhoneNumber(1));
        await world.BuyAndRunAsync(world.PhoneNumber(1));
        await world.Save.RunAsync(world.Caller, new CredentialsRequest(world.AccountSid, NumbersFixture.Token, Sid("AP")), default);
        await world.ExecuteAsync("""
            insert into members (id, tenant_id, issuer, subject, role, created_at) values
              (@One, @TenantId, 'https://issuer.example', 'second', 'owner', '2026-01-02'),
              (@Two, @TenantId, 'https://issuer.example', 'first', 'owner', '2026-01-01'),
              (@Three, @TenantId, 'https://issuer.example', 'zeroth', 'viewer', '2025-01-01')
            """, new { One = Guid.CreateVersion7(), Two = Guid.CreateVersion7(), Three = Guid.CreateVersion7(), world.TenantId });

        var rows = await world.Db.RunAsync(
            world.TenantId,
            tx => Relais.Platform.Database.Sql.QueryAsync<(Guid, string, string, string?, string, string)>(
                tx,
                "select id, owner_id, twilio_account_sid, twilio_auth_token, twilio_phone_number, twilio_app_sid from clinic_settings",
                null,
                default),
            default);
        var state = await other.Get<GetTelephony>().RunAsync(world.TenantId, default);

        Assert.Equal((world.TenantId, "first", world.AccountSid, null, world.PhoneNumber(1), Sid("AP")), Assert.Single(rows));
        Assert.Equal(
            (1, 1, 0, 0, 0),
            (state.Numbers.Active, state.Numbers.Connected, state.Numbers.Drifted, state.Numbers.Releasing, state.Numbers.OpenOrders));
    }

    private static string Sid(string prefix) => prefix + new string('0', 32);
}
