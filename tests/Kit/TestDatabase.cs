using Dapper;
using Npgsql;

namespace Relais.Kit;

/// <summary>A migrated, empty database of its own, with a connection string per role; dropped when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly TestPostgres server;

    internal TestDatabase(TestPostgres server, string name)
    {
        this.server = server;
        Name = name;
    }

    public string Name { get; }

    /// <summary>The server's administrator.</summary>
    public string Superuser => server.ConnectionString(Name, "postgres");

    /// <summary>relais_owner: owns the tables, only for what migrations do.</summary>
    public string Owner => server.ConnectionString(Name, Database.Roles.Owner);

    /// <summary>relais_app: sees one tenant at a time.</summary>
    public string App => server.ConnectionString(Name, Database.Roles.App);

    /// <summary>relais_system: works across tenants as far as its policies go.</summary>
    public string System => server.ConnectionString(Name, Database.Roles.System);

    /// <summary>The first row, as the administrator.</summary>
    public async Task<T?> OneAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(Superuser);
        return await connection.QueryFirstOrDefaultAsync<T>(sql, parameters);
    }

    /// <summary>Runs it as the administrator.</summary>
    public async Task<int> ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(Superuser);
        return await connection.ExecuteAsync(sql, parameters);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var used in new[] { Superuser, Owner, App, System })
        {
            await using var connection = new NpgsqlConnection(used);
            NpgsqlConnection.ClearPool(connection);
        }

        await server.DropAsync(Name);
    }
}
