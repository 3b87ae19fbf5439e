using Dapper;
using Npgsql;

namespace Relais.Kit;

/// <summary>A migrated, empty database with a connection string for each role. It is dropped when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly TestPostgres server;

    internal TestDatabase(TestPostgres server, string name)
    {
        this.server = server;
        Name = name;
    }

    public string Name { get; }

    /// <summary>Connects as the administrator of the server.</summary>
    public string Superuser => server.ConnectionString(Name, "postgres");

    /// <summary>Connects as relais_owner, which owns the tables and runs the migrations.</summary>
    public string Owner => server.ConnectionString(Name, Database.Roles.Owner);

    /// <summary>Connects as relais_app, which sees one tenant at a time.</summary>
    public string App => server.ConnectionString(Name, Database.Roles.App);

    /// <summary>Connects as relais_system, which works across tenants within its policies.</summary>
    public string System => server.ConnectionString(Name, Database.Roles.System);

    /// <summary>Runs a query as the administrator and returns its first row; default if there is none.</summary>
    public async Task<T?> OneAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(Superuser);
        return await connection.QueryFirstOrDefaultAsync<T>(sql, parameters);
    }

    /// <summary>Runs a query as the administrator and returns its only row.</summary>
    /// <exception cref="InvalidOperationException">There is no row, or more than one.</exception>
    public async Task<T> SingleAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(Superuser);
        return (await connection.QuerySingleAsync<T>(sql, parameters))!;
    }

    /// <summary>Runs a query as the administrator and returns its rows.</summary>
    public async Task<List<T>> ListAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(Superuser);
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    /// <summary>Runs a statement as the administrator and returns the number of rows.</summary>
    public async Task<int> ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(Superuser);
        return await connection.ExecuteAsync(sql, parameters);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connectionString in new[] { Superuser, Owner, App, System })
        {
            await using var connection = new NpgsqlConnection(connectionString);
            NpgsqlConnection.ClearPool(connection);
        }

        await server.DropAsync(Name);
    }
}
