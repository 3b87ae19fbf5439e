using Relais.Access;
using Relais.Access.Keys;
using Relais.Kit;
using Relais.Platform.Http;

namespace Functions.Tests.Access;

public sealed class ApiKeyTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_created_key_works_until_it_is_revoked()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        var lookup = new ApiKeyCache(world.SystemDb, world.Clock);
        var created = await CreateAsync(world, owner);

        Assert.Equal(owner.TenantId, (await lookup.FindAsync(created.Key, default))!.Caller.TenantId);
        await new RevokeApiKey(world.Db, lookup, world.Clock).RunAsync(owner, created.Id, default);

        Assert.Null(await lookup.FindAsync(created.Key, default));
        Assert.Null((await new RevokeApiKey(world.Db, lookup, world.Clock).RunAsync(owner, created.Id, default)).Failure);
        Assert.Equal(["tenant.create", "member.join", "api_key.create", "api_key.revoke"], await world.AuditAsync(owner.TenantId));
    }

    [Fact]
    public async Task A_key_looked_up_during_its_revocation_is_not_cached()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        var lookup = new ApiKeyCache(world.SystemDb, world.Clock);
        var revoke = new RevokeApiKey(world.Db, lookup, world.Clock);

        for (var round = 0; round < 30; round++)
        {
            var created = await CreateAsync(world, owner);
            await Task.WhenAll(
                Enumerable.Range(0, 6).Select(
                    n => n == 3 ? (Task)revoke.RunAsync(owner, created.Id, default) : lookup.FindAsync(created.Key, default)));

            Assert.Null(await lookup.FindAsync(created.Key, default));
        }
    }

    [Fact]
    public async Task A_cached_key_expires_on_time()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        var lookup = new ApiKeyCache(world.SystemDb, world.Clock);
        var created = await CreateAsync(world, owner, world.Clock.Now.AddSeconds(10));

        Assert.NotNull(await lookup.FindAsync(created.Key, default));
        world.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.NotNull(await lookup.FindAsync(created.Key, default));
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await lookup.FindAsync(created.Key, default));
    }

    [Fact]
    public async Task Another_tenant_s_key_cannot_be_revoked()
    {
        await using var world = new AccessFixture(postgres);
        var (owner, other) = (await world.OwnerAsync(), await world.OwnerAsync());
        var lookup = new ApiKeyCache(world.SystemDb, world.Clock);
        var created = await CreateAsync(world, other);

        Assert.Equal(
            "api_key_not_found",
            (await new RevokeApiKey(world.Db, lookup, world.Clock).RunAsync(owner, created.Id, default)).Failure!.Code);
        Assert.NotNull(await lookup.FindAsync(created.Key, default));
        Assert.Empty((await world.Get<ListApiKeys>().RunAsync(owner.TenantId, new PageQuery(null, 50), default)).Keys);
    }

    [Fact]
    public async Task A_key_is_stored_only_as_a_digest()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();

        var created = await CreateAsync(world, owner);

        var item = Assert.Single((await world.Get<ListApiKeys>().RunAsync(owner.TenantId, new PageQuery(null, 50), default)).Keys);
        Assert.Equal((created.Id, "Caisse", "contacts"), (item.Id, item.Name, Assert.Single(item.Scopes)));
        Assert.Equal(0, await world.OneAsync<int>("""
            select count(*) from (select k::text as row from api_keys k union all select a::text from audit a) everything
              where position(@Key in row) > 0
            """, new { created.Key }));
    }

    [Theory]
    [InlineData("", "contacts", "name")]
    [InlineData("x", "", "scopes")]
    [InlineData("x", "everything", "scopes")]
    [InlineData("x", "Contacts", "scopes")]
    [InlineData("x", "*,contacts", "scopes")]
    public async Task Creating_a_key_reports_every_fault(string name, string scopes, string field)
    {
        await using var world = new AccessFixture(postgres);
        var input = new CreateApiKey.Input
        {
            Name = name,
            Scopes = scopes.Split(',', StringSplitOptions.RemoveEmptyEntries),
            ExpiresAt = world.Clock.Now,
        };

        Assert.Equal(
            [field, "expiresAt"],
            (await world.CreateKey.RunAsync(await world.OwnerAsync(), input, default)).Failure!.Faults!.Keys);
    }

    [Fact]
    public async Task The_number_of_active_keys_is_limited()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        await world.ExecuteAsync("""
            insert into api_keys (id, tenant_id, name, hash)
              select gen_random_uuid(), @TenantId, 'x', sha256((@TenantId::text || n)::bytea) from generate_series(1, @Most) n
            """, new { owner.TenantId, Most = CreateApiKey.MaxActiveKeys });

        Assert.Equal("too_many_api_keys", (await world.CreateKey.RunAsync(owner, Input(), default)).Failure!.Code);
        await world.ExecuteAsync("update api_keys set revoked_at = now() where tenant_id = @TenantId", new { owner.TenantId });
        Assert.Null((await world.CreateKey.RunAsync(owner, Input(), default)).Failure);
    }

    private static async Task<CreateApiKey.Output> CreateAsync(AccessFixture world, Caller owner, DateTimeOffset? expiresAt = null) =>
        (await world.CreateKey.RunAsync(owner, Input() with { ExpiresAt = expiresAt }, default)).Value;

    private static CreateApiKey.Input Input() => new() { Name = "Caisse", Scopes = ["contacts", "contacts"] };
}
