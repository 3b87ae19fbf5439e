using System.Data;
using Dapper;
using Npgsql;

namespace Relais.Platform.Database;

/// <summary>The one door to a tenant's rows: role relais_app, one transaction per operation, the tenant set inside it.</summary>
internal sealed class TenantDb([FromKeyedServices(DataSources.App)] NpgsqlDataSource source)
{
    private const string SetTenant = "select set_config('app.tenant_id', @TenantId, true)";

    public Task<T> RunAsync<T>(Guid tenantId, Func<NpgsqlTransaction, Task<T>> work, CancellationToken ct) => source.InTransactionAsync(
        async transaction =>
        {
            await transaction.ExecuteAsync(SetTenant, new { TenantId = tenantId.ToString() }, ct);
            return await work(transaction);
        },
        ct);

    public Task RunAsync(Guid tenantId, Func<NpgsqlTransaction, Task> work, CancellationToken ct) =>
        RunAsync(tenantId, async transaction => { await work(transaction); return true; }, ct);
}

/// <summary>Work across tenants: role relais_system, whose policies and grants are narrow. Injected by an allow-list of classes only.</summary>
internal sealed class SystemDb([FromKeyedServices(DataSources.System)] NpgsqlDataSource source)
{
    public Task<T> RunAsync<T>(Func<NpgsqlTransaction, Task<T>> work, CancellationToken ct) => source.InTransactionAsync(work, ct);

    public Task RunAsync(Func<NpgsqlTransaction, Task> work, CancellationToken ct) =>
        RunAsync(async transaction => { await work(transaction); return true; }, ct);
}

internal static class Transactions
{
    public static async Task<T> InTransactionAsync<T>(this NpgsqlDataSource source, Func<NpgsqlTransaction, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
            var result = await work(transaction);
            await transaction.CommitAsync(ct);
            return result;
        }
        catch (PostgresException) when (connection.State == ConnectionState.Open)
        {
            // Npgsql 10 loses count of a statement that failed while it was being prepared: the next user of the connection would get
            // "unexpected backend message DataRow" for a statement that is right
            connection.UnprepareAll();
            throw;
        }
    }
}

/// <summary>Dapper on a transaction, so that no call forgets it or the cancellation token.</summary>
internal static class Sql
{
    public static Task<int> ExecuteAsync(this NpgsqlTransaction transaction, string sql, object? parameters, CancellationToken ct) =>
        transaction.Connection!.ExecuteAsync(Command(transaction, sql, parameters, ct));

    public static async Task<List<T>> QueryAsync<T>(this NpgsqlTransaction transaction, string sql, object? parameters, CancellationToken ct)
    {
        try
        {
            return (await transaction.Connection!.QueryAsync<T>(Command(transaction, sql, parameters, ct))).AsList();
        }
        catch (DataException)
        {
            throw ColumnTypeMismatch<T>();
        }
    }

    public static async Task<T?> QueryOneAsync<T>(this NpgsqlTransaction transaction, string sql, object? parameters, CancellationToken ct)
    {
        try
        {
            return await transaction.Connection!.QueryFirstOrDefaultAsync<T>(Command(transaction, sql, parameters, ct));
        }
        catch (DataException)
        {
            throw ColumnTypeMismatch<T>();
        }
    }

    // Dapper's own words hold the value
    private static InvalidOperationException ColumnTypeMismatch<T>() => new($"A column does not fit into {typeof(T).Name}.");

    private static CommandDefinition Command(NpgsqlTransaction transaction, string sql, object? parameters, CancellationToken ct) =>
        new(sql, parameters is null ? null : new TypedParameters(parameters), transaction, cancellationToken: ct);
}
