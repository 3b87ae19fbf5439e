using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Contacts;

/// <summary>
/// Locks for contacts. An erasure or a merge takes all three kinds, in the order of <see cref="AdvisoryLock"/>. Other transactions take one
/// kind only.
/// </summary>
internal static class ContactLocks
{
    /// <summary>Blocks other transactions that assign these addresses, in any spelling, to contacts. Locks in key order.</summary>
    public static async Task LockAddressesAsync(NpgsqlTransaction tx, Guid tenantId, IEnumerable<string> addresses, CancellationToken ct)
    {
        foreach (var key in addresses.Select(AddressKey.From).Distinct().Order(StringComparer.Ordinal))
        {
            await tx.LockAsync(AdvisoryLock.Address, $"{tenantId}/{key}", ct);
        }
    }

    /// <summary>Blocks other imports of this tenant.</summary>
    public static Task LockImportsAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct) =>
        tx.LockAsync(AdvisoryLock.Imports, tenantId, ct);

    /// <summary>Blocks erasures and merges while this transaction turns many contacts of the tenant into messages.</summary>
    public static Task BlockErasureAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct) =>
        tx.LockSharedAsync(AdvisoryLock.Erasure, tenantId, ct);

    /// <summary>Blocks imports and campaign starts for this tenant. Take this lock before any address lock.</summary>
    public static async Task LockForErasureAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct)
    {
        await LockImportsAsync(tx, tenantId, ct);
        await tx.LockAsync(AdvisoryLock.Erasure, tenantId, ct);
    }
}
