using Functions.Tests.Campaigns;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Kit;

namespace Functions.Tests.Access;

public sealed class AccessTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_key_names_its_tenant_and_scopes()
    {
        await using var world = await CampaignWorld.CreateAsync(postgres);
        var key = await AddKeyAsync(world, ["campaigns"]);

        var caller = await new ApiKeyLookup(world.SystemDb, world.Clock).FindAsync(key, default);

        Assert.Equal(world.TenantId, caller!.TenantId);
        Assert.True(caller.May(Role.Owner, Scope.Campaigns));
        Assert.False(caller.May(Role.Owner, Scope.Contacts));
    }

    [Fact]
    public async Task A_key_without_scopes_may_nothing_and_a_star_everything()
    {
        await using var world = await CampaignWorld.CreateAsync(postgres);
        var lookup = new ApiKeyLookup(world.SystemDb, world.Clock);
        var (none, all) = (await lookup.FindAsync(await AddKeyAsync(world, []), default), await lookup.FindAsync(await AddKeyAsync(world, ["*"]), default));

        Assert.All(Enum.GetValues<Scope>(), scope => Assert.Equal((false, true), (none!.May(Role.Owner, scope), all!.May(Role.Owner, scope))));
        Assert.False(all!.May(Role.Viewer, null));
    }

    [Fact]
    public async Task A_revoked_key_works_for_half_a_minute_at_most()
    {
        await using var world = await CampaignWorld.CreateAsync(postgres);
        var key = await AddKeyAsync(world, ["*"]);
        var lookup = new ApiKeyLookup(world.SystemDb, world.Clock);
        Assert.NotNull(await lookup.FindAsync(key, default));
        await world.ExecuteAsync("update api_keys set revoked_at = now() where tenant_id = @TenantId", new { world.TenantId });

        Assert.Null(await new ApiKeyLookup(world.SystemDb, world.Clock).FindAsync(key, default));
        world.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Null(await lookup.FindAsync(key, default));
    }

    [Fact]
    public async Task An_unknown_key_is_nobody()
    {
        await using var world = await CampaignWorld.CreateAsync(postgres);

        Assert.Null(await new ApiKeyLookup(world.SystemDb, world.Clock).FindAsync(ApiKey.Create(), default));
    }

    [Theory]
    [InlineData("Authorization", "Bearer {0}", true)]
    [InlineData("Authorization", "bearer  {0} ", true)]
    [InlineData("X-Api-Key", "{0}", true)]
    [InlineData("Authorization", "Basic {0}", false)]
    [InlineData("Authorization", "{0}", false)]
    [InlineData("Authorization", "Bearer {0}x", false)]
    [InlineData("Authorization", "Bearer {0}, Bearer {0}", false)]
    [InlineData("X-Api-Key", "{0}\n", false)]
    [InlineData("X-Api-Key", "rk_short", false)]
    public void The_key_is_in_one_of_two_headers(string header, string form, bool found)
    {
        var key = ApiKey.Create();
        var headers = new HeaderDictionary { [header] = form.Replace("{0}", key) };

        Assert.Equal(found ? key : null, ApiKey.From(headers));
    }

    [Fact]
    public void A_function_that_does_not_say_who_may_is_for_nobody()
    {
        var rules = typeof(Sample).GetMethods().Where(method => method.DeclaringType == typeof(Sample)).ToDictionary(method => method.Name, AccessRules.RuleOf);

        Assert.Equal(new AccessRule.Needs(Role.Viewer, Scope.Contacts), rules[nameof(Sample.Stated)]);
        Assert.IsType<AccessRule.Open>(rules[nameof(Sample.Open)]);
        Assert.IsType<AccessRule.Nobody>(rules[nameof(Sample.Unstated)]);
        Assert.IsType<AccessRule.Nobody>(rules[nameof(Sample.Both)]);
        Assert.IsType<AccessRule.Nobody>(rules[nameof(Sample.Unexplained)]);
    }

    private static async Task<string> AddKeyAsync(CampaignWorld world, string[] scopes)
    {
        var key = ApiKey.Create();
        await world.ExecuteAsync("insert into api_keys (id, tenant_id, name, hash, scopes) values (@Id, @TenantId, 'test', @Hash, @Scopes)",
            new { Id = Guid.NewGuid(), world.TenantId, Hash = ApiKey.Hash(key), Scopes = scopes });
        return key;
    }

    private static class Sample
    {
        [Function("a")]
        [Require(Role.Viewer, Scope.Contacts)]
        public static void Stated()
        {
        }

        [Function("b")]
        [Public("signed")]
        public static void Open()
        {
        }

        [Function("c")]
        public static void Unstated()
        {
        }

        [Function("d")]
        [Require(Role.Viewer, Scope.Contacts)]
        [Public("and open")]
        public static void Both()
        {
        }

        [Function("e")]
        [Public("")]
        public static void Unexplained()
        {
        }
    }
}
