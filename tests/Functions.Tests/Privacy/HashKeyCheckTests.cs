using Dapper;
using Npgsql;
using Relais.Consent;
using Relais.Kit;
using Relais.Platform.Database;
using Relais.Platform.Secrets;
using Relais.Privacy;

namespace Functions.Tests.Privacy;

/// <summary>The check finds hashes of another key without reading the hashes of the current key.</summary>
public sealed class HashKeyCheckTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Other = "erased:00000000:";
    private const string Latest = "erased:ffffffff:";

    private readonly AddressHash hash = new([.. Enumerable.Range(0, 32).Select(n => (byte)n)]);

    [Theory]
    [InlineData("consent_proofs", Other)]
    [InlineData("consent_proofs", Latest)]
    [InlineData("suppressions", Other)]
    [InlineData("suppressions", Latest)]
    [InlineData(null, "")]
    public async Task Review_B20_One_hash_of_another_key_is_found_among_thousands(string? table, string prefix)
    {
        var database = await CreateFilledDatabaseAsync();
        if (table is not null)
        {
            await database.ExecuteAsync(Insert(table), new { Tenant = Ids.Tenant(2), Prefix = prefix, Count = 1 });
        }

        await using var source = NpgsqlDataSource.Create(database.System);
        using var check = new CheckHashKeyAtStart(
            new SystemDb(source), hash, new FillAddressHashes(new SystemDb(source), hash), TimeProvider.System);
        var failure = await Record.ExceptionAsync(() => check.CheckAsync(default));

        Assert.Equal(table is not null, failure is InvalidOperationException);
    }

    [Fact]
    public async Task Review_B20_The_check_reads_the_ends_of_an_index()
    {
        var database = await CreateFilledDatabaseAsync();
        await using var connection = new NpgsqlConnection(database.System);

        var plan = string.Join(
            '\n',
            await connection.QueryAsync<string>(
                $"explain (analyze, costs off, timing off, summary off) {CheckHashKeyAtStart.HasHashesOfAnotherKey}", new { hash.Prefix }));

        Assert.DoesNotContain("Seq Scan on consent_proofs", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan on suppressions", plan, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"Sort Method", plan);
    }

    /// <summary>Inserts three tenants. The first two have thousands of hashes of the current key, the third has none.</summary>
    private async Task<TestDatabase> CreateFilledDatabaseAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync(
            "insert into tenants (id, slug, name, country) select id, 't-' || id, 'Test', 'GN' from unnest(@Ids) id",
            new { Ids = new[] { Ids.Tenant(1), Ids.Tenant(2), Ids.Tenant(3) } });
        foreach (var tenant in new[] { Ids.Tenant(1), Ids.Tenant(2) })
        {
            await database.ExecuteAsync(Insert("consent_proofs"), new { Tenant = tenant, hash.Prefix, Count = 3_000 });
            await database.ExecuteAsync(Insert("suppressions"), new { Tenant = tenant, hash.Prefix, Count = 3_000 });
            await database.ExecuteAsync(
                """
                insert into suppressions select @Tenant, 'sms', '+22462' || lpad(n::text, 7, '0'), now(), 'keyword'
                  from generate_series(1, 3000) n
                """,
                new { Tenant = tenant });
        }

        await database.ExecuteAsync("analyze consent_proofs, suppressions, tenants");
        return database;
    }

    private static string Insert(string table) => table == "consent_proofs"
        ? """
          insert into consent_proofs (id, tenant_id, channel, address_hash, kind, source, at, erased_at)
          select gen_random_uuid(), @Tenant, 'sms', @Prefix || md5(n::text), 'opt_out', 'keyword', now(), now()
            from generate_series(1, @Count) n
          """
        : """
          insert into suppressions select @Tenant, 'sms', @Prefix || md5(n::text), now(), 'keyword' from generate_series(1, @Count) n
          """;
}
