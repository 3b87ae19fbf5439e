using Xunit;

namespace Relais.Kit;

/// <summary>
/// A real PostgreSQL with a migrated database for each test class that asks for one:
/// <code>public sealed class PauseCampaignTests(PostgresFixture postgres) : IClassFixture&lt;PostgresFixture&gt;</code>
/// The first class in a process starts the server (under two seconds, nothing to start by hand), each class clones the
/// template (about 50 ms) and drops its clone. Tests of one class share its database: give each its own tenant, or
/// take another database from <see cref="CreateDatabaseAsync"/>.
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

    /// <summary>One more migrated database, dropped with the fixture at the latest.</summary>
    public Task<TestDatabase> CreateDatabaseAsync() => KeepAsync(server!.CreateDatabaseAsync());

    /// <summary>A database without tables, owned by relais_owner.</summary>
    public Task<TestDatabase> CreateEmptyDatabaseAsync() => KeepAsync(server!.CreateEmptyDatabaseAsync());

    public async Task DisposeAsync()
    {
        foreach (var one in created)
        {
            await one.DisposeAsync();
        }
    }

    private async Task<TestDatabase> KeepAsync(Task<TestDatabase> creating)
    {
        var one = await creating;
        created.Add(one);
        return one;
    }
}
