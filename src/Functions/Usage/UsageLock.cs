using Npgsql;
using Relais.Platform.Database;

namespace Relais.Usage;

/// <summary>Whoever replaces what is known of a tenant's usage does it one after the other; held until the transaction ends.</summary>
internal static class UsageLock
{
    private const string Lock = "select pg_advisory_xact_lock(hashtextextended('usage/' || @TenantId::text, 0))";

    public static Task LockAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct) => tx.ExecuteAsync(Lock, new { TenantId = tenantId }, ct);
}
