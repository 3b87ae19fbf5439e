using System.Data;
using Dapper;
using Npgsql;

namespace Relais.Platform.Database;

/// <summary>
/// Runs work on the rows of one tenant, in one transaction per call. Row-level security shows the role relais_app only the rows of the
/// tenant that is set for the transaction.
/// </summary>
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

/// <summary>
/// Runs work across tenants as the role relais_system, which has only the policies and grants that these jobs need. A test restricts the
/// classes that may use it.
/// </summary>
internal sealed class SystemDb([FromKeyedServices(DataSources.System)] NpgsqlDataSource source)
{
    public Task<T> RunAsync<T>(Func<NpgsqlTransaction, Task<T>> work, CancellationToken ct) => source.InTransactionAsync(work, ct);

    public Task RunAsync(Func<NpgsqlTransaction, Task> work, CancellationToken ct) =>
        RunAsync(async transaction => { await work(transaction); return true; }, ct);
}

internal static class Transactions
{
    /// <summary>Commits when <paramref name="work"/> returns, and rolls back when it throws.</summary>
    public static async Task<T> InTransactionAsync<T>(
        this NpgsqlDataSource source, Func<NpgsqlTransaction, Task<T>> work, CancellationToken ct)
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
            // Npgsql 10 keeps a wrong state after a statement fails while it is being prepared. Without this call the next user of the
            // pooled connection gets "unexpected backend message DataRow" for a correct statement.
            connection.UnprepareAll();
            throw;
        }
    }
}

/// <summary>Dapper calls that always pass the transaction, the typed parameters and the cancellation token.</summary>
internal static class Sql
{
    public static Task<int> ExecuteAsync(this NpgsqlTransaction transaction, string sql, object? parameters, CancellationToken ct) =>
        transaction.Connection!.ExecuteAsync(Command(transaction, sql, parameters, ct));

    public static async Task<List<T>> QueryAsync<T>(
        this NpgsqlTransaction transaction, string sql, object? parameters, CancellationToken ct)
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

    /// <returns>The first row; default when there is none.</returns>
    public static async Task<T?> QueryOneAsync<T>(
        this NpgsqlTransaction transaction, string sql, object? parameters, CancellationToken ct)
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

    // Replaces Dapper's exception, whose text contains the value of the column, which may be personal data.
    private static InvalidOperationException ColumnTypeMismatch<T>() =>
        new($"A column has a type that the property of {typeof(T).Name} cannot hold.");

    private static CommandDefinition Command(NpgsqlTransaction transaction, string sql, object? parameters, CancellationToken ct) =>
        new(sql, parameters is null ? null : new TypedParameters(parameters), transaction, cancellationToken: ct);
}
