using Functions.Tests.Webhooks;
using Microsoft.Extensions.Logging;
using Npgsql;
using Relais.Access.Keys;
using Relais.Kit;
using Relais.Platform.Database;

namespace Functions.Tests.Access;

/// <summary>Tests that unknown keys cost few queries and little memory.</summary>
public sealed class RejectedApiKeyCacheTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Insert = """
        insert into api_keys (id, tenant_id, name, hash, scopes) values (gen_random_uuid(), @TenantId, 'Caisse', @Hash, '{contacts}')
        """;

    [Fact]
    public async Task Review_B20_A_wrong_key_costs_at_most_one_query_per_second()
    {
        await using var world = new AccessFixture(postgres);
        var (lookup, statements, source) = CreateObservedCache(world);
        await using (source)
        {
            for (var n = 0; n < 50; n++)
            {
                Assert.Null(await lookup.FindAsync("rk_wrong", default));
            }

            Assert.Equal(1, statements.Count("from api_keys"));
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(await lookup.FindAsync("rk_wrong", default));
            Assert.Equal(2, statements.Count("from api_keys"));
        }
    }

    [Fact]
    public async Task Review_B20_A_key_tried_before_its_creation_works_one_second_later()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        var (key, hash) = ("rk_made-elsewhere", ApiKey.Hash("rk_made-elsewhere"));
        Assert.Null(await world.Lookup.FindAsync(key, default));
        await world.ExecuteAsync(Insert, new { owner.TenantId, Hash = hash });

        world.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(owner.TenantId, (await world.Lookup.FindAsync(key, default))!.Caller.TenantId);
    }

    [Fact]
    public async Task Review_B20_The_cache_of_wrong_keys_has_a_limited_size()
    {
        await using var world = new AccessFixture(postgres);
        var (lookup, statements, source) = CreateObservedCache(world);
        await using (source)
        {
            await Parallel.ForAsync(0, 12_000, async (n, ct) => Assert.Null(await lookup.FindAsync($"rk_wrong-{n}", ct)));

            Assert.Equal(12_000, statements.Count("from api_keys"));
            Assert.InRange(lookup.RejectedKeyCount, 1, 10_100);
        }
    }

    private (ApiKeyCache Lookup, ExecutedSql Statements, NpgsqlDataSource Source) CreateObservedCache(AccessFixture world)
    {
        var statements = new ExecutedSql();
        var builder = new NpgsqlDataSourceBuilder(postgres.System);
        builder.UseLoggerFactory(LoggerFactory.Create(logging => logging.AddProvider(statements)));
        var source = builder.Build();
        return (new ApiKeyCache(new SystemDb(source), world.Clock), statements, source);
    }
}
