using Xunit;

namespace Relais.Kit;

/// <summary>
/// Gives each test class its own migrated database in a real PostgreSQL:
/// <code>public sealed class PauseCampaignTests(PostgresFixture postgres) : IClassFixture&lt;PostgresFixture&gt;</code>
/// The first class of a process starts the server (under two seconds). Each class clones the template (about 50 ms)
/// and drops its clone. Tests of one class share its database: give each test its own tenant, or create another
/// database with <see cref="CreateDatabaseAsync"/>.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly List<TestDatabase> created = [];
    private TestPostgres? server;
    private TestDatabase? database;

    /// <summary>The database of this class.</summary>
    public TestDatabase Database => database ?? throw new InvalidOperationException("xunit has not initialised the fixture.");

    /// <inheritdoc cref="TestDatabase.Owner"/>
    public string Owner => Database.Owner;

    /// <inheritdoc cref="TestDatabase.App"/>
    public string App => Database.App;

    /// <inheritdoc cref="TestDatabase.System"/>
    public string System => Database.System;

    /// <inheritdoc cref="TestDatabase.Superuser"/>
    public string Superuser => Database.Superuser;

    public async Task InitializeAsync()
    {
        server = await TestPostgres.Instance;
        database = await CreateDatabaseAsync();
    }

    /// <summary>Creates one more migrated database. The fixture drops it at the latest.</summary>
    public Task<TestDatabase> CreateDatabaseAsync() => KeepAsync(server!.CreateDatabaseAsync());

    /// <summary>Creates a database without tables, owned by relais_owner.</summary>
    public Task<TestDatabase> CreateEmptyDatabaseAsync() => KeepAsync(server!.CreateEmptyDatabaseAsync());

    public async Task DisposeAsync()
    {
        foreach (var testDatabase in created)
        {
            await testDatabase.DisposeAsync();
        }
    }

    private async Task<TestDatabase> KeepAsync(Task<TestDatabase> creating)
    {
        var testDatabase = await creating;
        created.Add(testDatabase);
        return testDatabase;
    }
}
