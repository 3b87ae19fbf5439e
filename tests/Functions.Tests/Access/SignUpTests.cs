using Relais.Access;
using Relais.Access.Tenants;
using Relais.Kit;
using Relais.Platform.Database;

namespace Functions.Tests.Access;

public sealed class SignUpTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly NewTenant Shop = new() { Name = "Boutique", Country = "GN" };

    [Fact]
    public async Task Sign_up_makes_the_user_owner_of_a_new_tenant()
    {
        await using var world = new AccessFixture(postgres);
        var person = AccessFixture.Somebody();

        var tenant = (await world.Create.RunAsync(
            person,
            new NewTenant { Name = " Café de l’Été ", Country = "GN", Locale = "en", TimeZone = "Africa/Conakry" },
            null,
            default)).Value;

        Assert.Equal(
            ("cafe-de-l-ete", "Café de l’Été", "GN", "en", "Africa/Conakry"),
            (tenant.Slug, tenant.Name, tenant.Country, tenant.Locale, tenant.TimeZone));
        var membership = Assert.Single(await world.MembershipsAsync(person));
        Assert.Equal((tenant.Id, "owner", Role.Owner), (membership.TenantId, membership.Role, membership.ParsedRole));
        Assert.Equal(["tenant.create", "member.join"], await world.AuditAsync(tenant.Id));
    }

    [Fact]
    public async Task Concurrent_tenants_with_the_same_name_get_different_slugs()
    {
        await using var world = new AccessFixture(postgres);

        var created = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(
                _ => world.Create.RunAsync(
                    AccessFixture.Somebody(), new NewTenant { Name = "Chez Fanta", Country = "GN" }, null, default)));

        Assert.Equal(20, created.Select(tenant => tenant.Value.Slug).Distinct().Count());
        Assert.Single(created, tenant => tenant.Value.Slug == "chez-fanta");
        Assert.All(created, tenant => Assert.StartsWith("chez-fanta", tenant.Value.Slug));
    }

    [Theory]
    [InlineData("ⵣ", "tenant")]
    [InlineData("--- !!", "tenant")]
    [InlineData("A", "tenant")]
    [InlineData("Œuvre & Cie", "oeuvre-cie")]
    [InlineData("Une très très longue raison sociale qui ne finit jamais", "une-tres-tres-longue-raison-sociale-qui")]
    public void Any_name_gives_a_slug(string name, string slug) => Assert.Equal(slug, SlugCandidates.From(name).First());

    [Fact]
    public async Task A_taken_slug_is_refused()
    {
        await using var world = new AccessFixture(postgres);
        var requested = new NewTenant { Name = "Taxi", Country = "GN", Slug = "taxi-de-conakry" };

        var created = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => world.Create.RunAsync(AccessFixture.Somebody(), requested, null, default)));

        Assert.Single(created, result => result.Failure is null);
        Assert.All(created.Where(result => result.Failure is not null), result => Assert.Equal("slug_taken", result.Failure!.Code));
    }

    [Fact]
    public async Task Concurrent_sign_ups_of_one_user_stay_within_the_tenant_limit()
    {
        await using var world = new AccessFixture(postgres);
        var person = AccessFixture.Somebody();

        var created = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => world.Create.RunAsync(person, Shop, null, default)));

        Assert.Equal(CreateTenant.MaxOwnedTenants, created.Count(result => result.Failure is null));
        Assert.All(created.Where(result => result.Failure is not null), result => Assert.Equal("too_many_tenants", result.Failure!.Code));
        Assert.Equal(CreateTenant.MaxOwnedTenants, (await world.MembershipsAsync(person)).Count);
    }

    [Fact]
    public async Task A_repeated_idempotency_key_creates_one_tenant()
    {
        await using var world = new AccessFixture(postgres);
        var (person, other) = (AccessFixture.Somebody(), AccessFixture.Somebody());

        var created = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => world.Create.RunAsync(person, Shop, "k1", default)));
        var changed = await world.Create.RunAsync(person, Shop with { Name = "Autre" }, "k1", default);
        var second = await world.Create.RunAsync(person, Shop, "k2", default);
        var otherUser = await world.Create.RunAsync(other, Shop, "k1", default);

        Assert.Single(created.Select(result => result.Value.Id).Distinct());
        Assert.Equal("idempotency_key_reused", changed.Failure!.Code);
        Assert.Equal(3, new[] { created[0], second, otherUser }.Select(result => result.Value.Id).Distinct().Count());
        Assert.Equal(2, (await world.MembershipsAsync(person)).Count);
    }

    [Fact]
    public async Task A_repeated_sign_up_of_a_removed_member_gets_403()
    {
        await using var world = new AccessFixture(postgres);
        var person = AccessFixture.Somebody();
        var tenant = (await world.Create.RunAsync(person, Shop, "k1", default)).Value;
        await world.ExecuteAsync("delete from members where tenant_id = @Id", new { tenant.Id });

        Assert.Equal("not_a_member", (await world.Create.RunAsync(person, Shop, "k1", default)).Failure?.Code);
    }

    [Fact]
    public async Task Time_zones_are_read_from_the_database_once()
    {
        await using var world = new AccessFixture(postgres);
        Assert.True(await world.SystemDb.RunAsync(tx => DatabaseTimeZones.ContainsAsync(tx, "africa/Conakry", default), default));

        Assert.True(await DatabaseTimeZones.ContainsAsync(null!, "Europe/Paris", default));
        Assert.False(await DatabaseTimeZones.ContainsAsync(null!, "Africa/Nowhere\0", default));
    }

    [Fact]
    public async Task Creating_a_tenant_reports_every_fault()
    {
        await using var world = new AccessFixture(postgres);
        var invalid = new NewTenant { Name = "\u0001", Country = "gn", Locale = "de", TimeZone = "Mars/Nord", Slug = "-a" };

        Assert.Equal(
            ["name", "country", "locale", "timeZone", "slug"],
            (await world.Create.RunAsync(AccessFixture.Somebody(), invalid, null, default)).Failure!.Faults!.Keys);
        Assert.Equal(
            ["name", "country"],
            (await world.Create.RunAsync(AccessFixture.Somebody(), new NewTenant(), null, default)).Failure!.Faults!.Keys);
        Assert.Equal(
            ["timeZone"],
            (await world.Create.RunAsync(
                AccessFixture.Somebody(), Shop with { TimeZone = "Mars/Nord" }, null, default)).Failure!.Faults!.Keys);
        Assert.Equal(
            ["slug"],
            (await world.Create.RunAsync(
                AccessFixture.Somebody(),
                Shop with { Slug = "01900000-0001-7000-8000-000000000001" },
                null,
                default)).Failure!.Faults!.Keys);
    }

    [Fact]
    public async Task Disabled_sign_up_gets_403()
    {
        await using var world = new AccessFixture(postgres);
        world.Options.AllowSignUp = false;

        Assert.Equal("sign_up_closed", (await world.Create.RunAsync(AccessFixture.Somebody(), Shop, null, default)).Failure!.Code);
    }

    [Fact]
    public async Task Tenant_settings_are_replaced_and_audited()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        var change = world.Get<ChangeTenant>();
        var settings = new TenantSettings { Name = "Clinique du Port", Country = "GN", Locale = "en", TimeZone = "Africa/Conakry" };

        Assert.Equal("Clinique du Port", (await change.RunAsync(owner, settings, default)).Value.Name);
        Assert.Equal("Clinique du Port", (await change.RunAsync(owner, settings, default)).Value.Name);
        Assert.Equal(
            ["country", "timeZone"],
            (await change.RunAsync(owner, settings with { Country = "gn", TimeZone = "x" }, default)).Failure!.Faults!.Keys);
        Assert.Equal(
            ["name", "country", "locale", "timeZone"],
            (await change.RunAsync(owner, new TenantSettings(), default)).Failure!.Faults!.Keys);

        Assert.Equal(["tenant.create", "member.join", "tenant.change"], await world.AuditAsync(owner.TenantId));
        Assert.Equal("Clinique -> Clinique du Port", await world.OneAsync<string>(
            """
            select concat(before ->> 'name', ' -> ', after ->> 'name') from audit where tenant_id = @TenantId and action = 'tenant.change'
            """,
            new { owner.TenantId }));
    }
}
