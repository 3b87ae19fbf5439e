using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;
using Relais.Accounts;
using Relais.Campaigns;
using Relais.Contacts.Import;
using Relais.Kit;
using Relais.Numbers.Inventory;
using Relais.Numbers.Orders;
using Relais.Sending;
using Relais.Webhooks;

namespace Architecture.Tests;

/// <summary>The words of a status stand in one class for each entity, and are those that the database permits.</summary>
public sealed partial class StatusWordTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly (Type Class, string Table, string Column)[] Entities =
    [
        (typeof(CampaignStatus), "campaigns", "status"), (typeof(OrderStatus), "number_orders", "status"),
        (typeof(WebhookEventState), "webhook_events", "state"), (typeof(NumberState), "phone_numbers", "state"),
        (typeof(NumberSource), "phone_numbers", "source"), (typeof(AccountState), "provider_accounts", "state"),
        (typeof(RowOutcome), "contact_import_rows", "outcome"),
    ];

    // The words of other things that these files name: an outcome of a claim, and a code of a failure without a code.
    private static readonly HashSet<string> OtherMeanings = ["src/Functions/Sending/Unknown/UnknownOutcomeDecision.cs \"unknown\"",
        "src/Functions/Sending/ApplyStatusReports.cs \"unknown\""];

    [Fact]
    public async Task Each_class_has_the_words_that_its_column_permits()
    {
        await using var source = NpgsqlDataSource.Create(postgres.Superuser);
        await using var connection = await source.OpenConnectionAsync();
        foreach (var (type, table, column) in Entities)
        {
            var checks = await connection.QueryAsync<string>(
                """
                select pg_get_constraintdef(oid) from pg_constraint
                where conrelid = @table::regclass and contype = 'c' and pg_get_constraintdef(oid) ~ ('^CHECK \(\(' || @column || ' = ANY')
                """,
                new { table, column });
            var permitted = SqlWord().Matches(Assert.Single(checks)).Select(match => match.Groups[1].Value);

            Assert.Equal(permitted.Order(StringComparer.Ordinal), Words(type).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task The_statuses_of_a_message_are_those_that_the_database_ranks()
    {
        await using var source = NpgsqlDataSource.Create(postgres.Superuser);
        await using var connection = await source.OpenConnectionAsync();
        var function = await connection.QuerySingleAsync<string>("select pg_get_functiondef('status_rank'::regproc)");
        var ranked = SqlWord().Matches(function).Select(match => match.Groups[1].Value).Distinct();

        Assert.Equal(ranked.Order(StringComparer.Ordinal), Words(typeof(MessageStatus)).Order(StringComparer.Ordinal));
    }

    /// <summary>SQL names the words as they are, so that it can be read and run by hand.</summary>
    [Fact]
    public void Code_names_statuses_by_their_constants()
    {
        var words = Words(typeof(MessageStatus)).Concat(Words(typeof(WebhookEventState))).Concat(Words(typeof(OrderStatus)))
            .ToHashSet(StringComparer.Ordinal);
        var classes = new[] { "MessageStatus.cs", "WebhookEventState.cs", "OrderRow.cs" };

        Repository.None(Repository.AppSources
            .Where(file => file.StartsWith("src/Functions/Sending/", StringComparison.Ordinal)
                || file.StartsWith("src/Functions/Webhooks/", StringComparison.Ordinal)
                || file.StartsWith("src/Functions/Numbers/Orders/", StringComparison.Ordinal))
            .Where(file => !classes.Contains(Path.GetFileName(file)))
            .SelectMany(file => CodeLiteral().Matches(SqlOrComment().Replace(Repository.Text(file), ""))
                .Where(match => words.Contains(match.Groups[1].Value))
                .Select(match => $"{file} {match.Value}"))
            .Where(place => !OtherMeanings.Contains(place)));
    }

    private static IEnumerable<string> Words(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(
            field => (string)field.GetRawConstantValue()!);

    [GeneratedRegex("'([a-z_]+)'")]
    private static partial Regex SqlWord();

    [GeneratedRegex("\"([a-z_]+)\"")]
    private static partial Regex CodeLiteral();

    [GeneratedRegex("\"\"\".*?\"\"\"|//[^\n]*", RegexOptions.Singleline)]
    private static partial Regex SqlOrComment();
}
