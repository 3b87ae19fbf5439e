using Npgsql;
using Relais.Consent;
using Relais.Kit;

namespace Functions.Tests.Consent;

/// <summary>Copies a suppression to all addresses of a contact while the same person opts in again.</summary>
public sealed class CopySuppressionsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Phone = "+224620000001";
    private const string UserId = "GN.1234567890";
    private static readonly DateTimeOffset StoppedAt = FixedClock.Start;
    private static readonly Guid Tenant = Ids.Tenant(1);
    private static readonly Guid Contact = Ids.Contact(1);

    [Fact]
    public async Task A_copy_that_waits_for_an_opt_in_does_not_suppress_the_person_again()
    {
        await using var database = await CreateSuppressedContactAsync(Phone);
        await using var optingIn = await Transaction.BeginAsync(database);
        await using var copying = await Transaction.BeginAsync(database);

        await OptInAsync(optingIn);
        var copy = CopySuppressionsToAllAddresses.RunAsync(copying.Tx, Tenant, Contact, CancellationToken.None);
        await WaitForBlockedSessionAsync(database);
        await optingIn.Tx.CommitAsync();
        await copy;
        await copying.Tx.CommitAsync();

        Assert.Equal(0, await database.OneAsync<int>("select count(*)::int from suppressions"));
    }

    [Fact]
    public async Task An_opt_in_that_waits_for_a_copy_lifts_the_suppression_of_each_address()
    {
        await using var database = await CreateSuppressedContactAsync(Phone, UserId);
        await using var optingIn = await Transaction.BeginAsync(database);
        await using var copying = await Transaction.BeginAsync(database);

        await CopySuppressionsToAllAddresses.RunAsync(copying.Tx, Tenant, Contact, CancellationToken.None);
        var optIn = OptInAsync(optingIn);
        await WaitForBlockedSessionAsync(database);
        await copying.Tx.CommitAsync();
        await optIn;
        await optingIn.Tx.CommitAsync();

        Assert.Equal(0, await database.OneAsync<int>("select count(*)::int from suppressions"));
    }

    [Fact]
    public async Task A_copy_suppresses_each_address_of_the_person()
    {
        await using var database = await CreateSuppressedContactAsync(Phone, UserId);
        await using var copying = await Transaction.BeginAsync(database);

        await CopySuppressionsToAllAddresses.RunAsync(copying.Tx, Tenant, Contact, CancellationToken.None);
        await copying.Tx.CommitAsync();

        Assert.Equal(2, await database.OneAsync<int>("select count(*)::int from suppressions where channel = 'whatsapp'"));
    }

    private static Task OptInAsync(Transaction transaction) => RecordConsent.OptInAsync(
        transaction.Tx, Tenant, "whatsapp", Phone, Contact, "keyword", "START", null, StoppedAt.AddSeconds(1), CancellationToken.None);

    private static Task WaitForBlockedSessionAsync(TestDatabase database) => Wait.UntilAsync(
        async () =>
            await database.OneAsync<int>(
                "select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()") == 1);

    private async Task<TestDatabase> CreateSuppressedContactAsync(params string[] addresses)
    {
        var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("""
            insert into tenants (id, slug, name, country, daily_limit) values (@Tenant, 'essai', 'Essai', 'GN', 1000);
            insert into contacts (id, tenant_id, created_at, updated_at) values (@Contact, @Tenant, @StoppedAt, @StoppedAt);
            insert into suppressions (tenant_id, channel, address, since, source)
              values (@Tenant, 'whatsapp', @Phone, @StoppedAt, 'keyword');
            """, new { Tenant, Contact, Phone, StoppedAt = StoppedAt.UtcDateTime });
        foreach (var address in addresses)
        {
            await database.ExecuteAsync(
                """
                insert into contact_identities (tenant_id, kind, value, contact_id, created_at)
                values (@Tenant, @Kind, @address, @Contact, now())
                """,
                new { Tenant, Kind = address == Phone ? "phone" : "whatsapp_user", address, Contact });
        }

        return database;
    }

    private sealed record Transaction(NpgsqlConnection Connection, NpgsqlTransaction Tx) : IAsyncDisposable
    {
        public static async Task<Transaction> BeginAsync(TestDatabase database)
        {
            var connection = new NpgsqlConnection(database.System);
            await connection.OpenAsync();
            return new Transaction(connection, await connection.BeginTransactionAsync());
        }

        public async ValueTask DisposeAsync()
        {
            await Tx.DisposeAsync();
            await Connection.DisposeAsync();
        }
    }
}
