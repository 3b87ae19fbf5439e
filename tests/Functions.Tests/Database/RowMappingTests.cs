using Dapper;
using Npgsql;
using Relais.Kit;
using Relais.Platform.Database;

namespace Functions.Tests.Database;

public sealed class RowMappingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static RowMappingTests() => RowMapping.Configure();

    [Fact]
    public async Task A_column_fills_the_property_of_its_name()
    {
        await using var connection = new NpgsqlConnection(postgres.Superuser);

        Assert.Equal(7, (await connection.QuerySingleAsync<Row>("select 7 as contact_count")).ContactCount);
    }

    [Fact]
    public async Task A_column_without_a_property_fails_the_query()
    {
        await using var connection = new NpgsqlConnection(postgres.Superuser);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => connection.QuerySingleAsync<Row>("select 7 as contact_count, 8 as contacts"));

        Assert.Equal("Row has no property for the column contacts.", failure.Message);
    }

    private sealed record Row
    {
        public required int ContactCount { get; init; }
    }
}
