using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Relais.Kit;
using Relais.Platform.Database;

namespace Functions.Tests.Platform;

public sealed class DataSourcesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData(DataSources.App)]
    [InlineData(DataSources.System)]
    public async Task Review_B14_Connections_force_a_custom_plan_for_every_statement(string role)
    {
        await using var source = Open(role, "");

        Assert.Equal("force_custom_plan", await ShowAsync(source, "plan_cache_mode"));
        Assert.Equal("on", await ShowAsync(source, "enable_seqscan"));
    }

    [Theory]
    [InlineData(DataSources.App)]
    [InlineData(DataSources.System)]
    public async Task Review_B14_Options_of_the_operator_are_added_to_the_defaults(string role)
    {
        await using var source = Open(role, ";Options=-c statement_timeout=4321");

        Assert.Equal("4321ms", await ShowAsync(source, "statement_timeout"));
        Assert.Equal("force_custom_plan", await ShowAsync(source, "plan_cache_mode"));
    }

    [Theory]
    [InlineData("", 60)]
    [InlineData(";Max Auto Prepare=0", 0)]
    [InlineData(";Max Auto Prepare=5", 5)]
    public async Task Review_B14_Prepared_statements_can_be_switched_off(string addition, int expected)
    {
        await using var source = Open(DataSources.System, addition);

        Assert.Equal(expected, new NpgsqlConnectionStringBuilder(source.ConnectionString).MaxAutoPrepare);
    }

    private NpgsqlDataSource Open(string role, string addition)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:App"] = postgres.App + addition,
            ["ConnectionStrings:System"] = postgres.System + addition,
        }).Build();
        return new ServiceCollection().AddSingleton<IConfiguration>(settings).AddDatabase().BuildServiceProvider()
            .GetRequiredKeyedService<NpgsqlDataSource>(role);
    }

    private static async Task<string?> ShowAsync(NpgsqlDataSource source, string setting)
    {
        await using var command = source.CreateCommand($"show {setting}");
        return (string?)await command.ExecuteScalarAsync();
    }
}
