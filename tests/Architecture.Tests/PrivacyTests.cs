using Dapper;
using Npgsql;
using Relais.Kit;

namespace Architecture.Tests;

public sealed class PrivacyTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    // These columns identify a person. For a new column, first extend the erasure, then add the column here.
    private static readonly string[] Erased =
    [
        "campaign_recipients.address", "campaign_recipients.contact_id", "consent_proofs.address_hash", "consents.address",
        "consents.contact_id",
        "contact_identities.address_hash", "contact_identities.contact_id", "contact_import_rows.contact_id", "messages.contact_address",
        "messages.contact_id", "recipient_pace.address", "suppressions.address", "webhook_events.contact_address",
    ];

    private static readonly string[] TenantColumns = ["senders.address", "number_orders.address_sid"];

    [Fact]
    public async Task Every_column_with_personal_data_is_handled_by_the_erasure()
    {
        await using var connection = new NpgsqlConnection(postgres.Superuser);
        var columns = await connection.QueryAsync<string>("""
            select c.table_name || '.' || c.column_name
            from information_schema.columns c
            join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
              and t.table_type = 'BASE TABLE'
            where c.table_schema = 'public' and c.column_name ~ '(contact|address|phone|recipient)'
              and c.data_type in ('text', 'uuid', 'ARRAY', 'jsonb')
            """);

        Assert.Equal(Erased.Concat(TenantColumns).Order(StringComparer.Ordinal), columns.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Code_that_inserts_an_address_restores_its_suppressions() =>
        Repository.None(Repository.AppSources.Where(file =>
            Repository.Text(file).Contains("insert into contact_identities", StringComparison.Ordinal)
            && !Repository.Text(file).Contains("RestoreSuppressions.RunAsync", StringComparison.Ordinal)));

    [Fact]
    public void Database_errors_contain_no_row_values() =>
        Assert.Contains(
            "IncludeErrorDetail = false", Repository.Text("src/Functions/Platform/Database/DataSources.cs"), StringComparison.Ordinal);
}
