using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Contacts;

/// <summary>
/// Who waits for whom when people come and go; all held until the transaction ends. Whoever takes a contact away takes imports, freezes and its addresses, in this
/// order; the others take one kind each, several addresses by their order, so that nobody waits in a circle.
/// </summary>
internal static class ContactLocks
{
    private const string Exclusive = "select pg_advisory_xact_lock(hashtextextended(@Key, 0))";
    private const string Shared = "select pg_advisory_xact_lock_shared(hashtextextended(@Key, 0))";

    /// <summary>One writer at a time for what some addresses are known as, whatever their spelling. Taken in the order of their keys.</summary>
    public static async Task LockAddressesAsync(NpgsqlTransaction tx, Guid tenantId, IEnumerable<string> addresses, CancellationToken ct)
    {
        foreach (var key in addresses.Select(AddressKey.From).Distinct().Order(StringComparer.Ordinal))
        {
            await tx.ExecuteAsync(Exclusive, new { Key = $"{tenantId}/{key}" }, ct);
        }
    }

    /// <summary>Imports of a tenant go one after the other.</summary>
    public static Task LockImportsAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct) =>
        tx.ExecuteAsync(Exclusive, new { Key = $"contact import {tenantId}" }, ct);

    /// <summary>For whoever turns many contacts into messages: none of them is erased meanwhile.</summary>
    public static Task BlockErasureAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct) =>
        tx.ExecuteAsync(Shared, new { Key = $"erasure {tenantId}" }, ct);

    /// <summary>No import and no freeze holds a contact that goes. Before any address.</summary>
    public static async Task LockForErasureAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct)
    {
        await LockImportsAsync(tx, tenantId, ct);
        await tx.ExecuteAsync(Exclusive, new { Key = $"erasure {tenantId}" }, ct);
    }
}
