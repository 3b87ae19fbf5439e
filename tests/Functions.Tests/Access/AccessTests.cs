using Functions.Tests.Campaigns;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Primitives;
using Relais.Access;
using Relais.Access.Keys;
using Relais.Kit;

namespace Functions.Tests.Access;

public sealed class AccessTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_key_names_its_tenant_and_scopes()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var key = await AddKeyAsync(world, ["campaigns"]);

        var caller = await new ApiKeyCache(world.SystemDb, world.Clock).FindAsync(key, default);

        Assert.Equal(world.TenantId, caller!.Caller.TenantId);
        Assert.True(caller.Caller.IsAllowed(Role.Owner, Scope.Campaigns));
        Assert.False(caller.Caller.IsAllowed(Role.Owner, Scope.Contacts));
    }

    [Fact]
    public async Task A_key_without_scopes_is_denied_and_a_star_key_is_allowed_everything()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var lookup = new ApiKeyCache(world.SystemDb, world.Clock);
        var (none, all) = (
            await lookup.FindAsync(await AddKeyAsync(world, []), default),
            await lookup.FindAsync(await AddKeyAsync(world, ["*"]), default));

        Assert.All(
            Enum.GetValues<Scope>(),
            scope => Assert.Equal((false, true), (none!.Caller.IsAllowed(Role.Owner, scope), all!.Caller.IsAllowed(Role.Owner, scope))));
        Assert.False(all!.Caller.IsAllowed(Role.Viewer, null));
    }

    [Fact]
    public async Task A_revoked_key_works_for_half_a_minute_at_most()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var key = await AddKeyAsync(world, ["*"]);
        var lookup = new ApiKeyCache(world.SystemDb, world.Clock);
        Assert.NotNull(await lookup.FindAsync(key, default));
        await world.ExecuteAsync("update api_keys set revoked_at = now() where tenant_id = @TenantId", new { world.TenantId });

        Assert.Null(await new ApiKeyCache(world.SystemDb, world.Clock).FindAsync(key, default));
        world.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Null(await lookup.FindAsync(key, default));
    }

    [Fact]
    public async Task An_unknown_api_key_gets_401()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);

        Assert.Null(await new ApiKeyCache(world.SystemDb, world.Clock).FindAsync(ApiKey.Create(), default));
    }

    [Theory]
    [InlineData("Authorization: Bearer {key}", "key")]
    [InlineData("Authorization: bearer  {key} ", "key")]
    [InlineData("X-Api-Key: {key}", "key")]
    [InlineData("Authorization: Bearer a.b.c", "token")]
    [InlineData("Authorization: BEARER anything", "token")]
    [InlineData("Authorization: Basic {key}", null)]
    [InlineData("Authorization: {key}", null)]
    [InlineData("Authorization: Bearer", null)]
    [InlineData("Authorization: Bearer ", null)]
    [InlineData("Authorization: Bearer   ", null)]
    [InlineData("Authorization: ", null)]
    [InlineData("Authorization: Bearer\t{key}", null)]
    [InlineData("Authorization: Bearer {key}x", null)]
    [InlineData("Authorization: Bearer {key}, Bearer {key}", null)]
    [InlineData("Authorization: Bearer {key}|Authorization: Bearer {key}", null)]
    [InlineData("X-Api-Key: {key}|X-Api-Key: {key}", null)]
    [InlineData("X-Api-Key: {key}|Authorization: Bearer {key}", null)]
    [InlineData("X-Api-Key: {key}|Authorization: Bearer a.b.c", null)]
    [InlineData("X-Api-Key: |Authorization: Bearer {key}", null)]
    [InlineData("X-Api-Key: {key}|Authorization: ", null)]
    [InlineData("X-Api-Key: {key}\n", null)]
    [InlineData("X-Api-Key: rk_short", null)]
    [InlineData("X-Api-Key: a.b.c", null)]
    [InlineData("Authorization: Bearer rk_short", null)]
    [InlineData("", null)]
    public void A_request_has_one_credential_or_none(string headers, string? expected)
    {
        var requestHeaders = new HeaderDictionary();
        foreach (var header in headers.Replace("{key}", ApiKey.Create()).Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (header.Split(": ")[0], header.Split(": ", 2)[1]);
            requestHeaders[name] = StringValues.Concat(requestHeaders[name], value);
        }

        var kind = Credential.From(requestHeaders) switch { Credential.ApiKey => "key", Credential.Token => "token", _ => null };
        Assert.Equal(expected, kind);
    }

    [Fact]
    public void A_function_without_access_rule_is_denied()
    {
        var rules = typeof(Sample)
            .GetMethods()
            .Where(method => method.DeclaringType == typeof(Sample))
            .ToDictionary(method => method.Name, AccessRules.ReadRule);

        Assert.Equal(new AccessRule.Requires(Role.Viewer, Scope.Contacts), rules[nameof(Sample.Stated)]);
        Assert.IsType<AccessRule.Public>(rules[nameof(Sample.Open)]);
        Assert.IsType<AccessRule.Undeclared>(rules[nameof(Sample.Unstated)]);
        Assert.IsType<AccessRule.Undeclared>(rules[nameof(Sample.Both)]);
        Assert.IsType<AccessRule.Undeclared>(rules[nameof(Sample.Unexplained)]);
    }

    private static async Task<string> AddKeyAsync(CampaignFixture world, string[] scopes)
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
