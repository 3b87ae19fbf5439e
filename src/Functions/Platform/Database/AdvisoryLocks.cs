using Npgsql;

namespace Relais.Platform.Database;

/// <summary>
/// What an advisory lock protects. A transaction that takes several locks takes them in this order, and several addresses in the order of
/// their keys, so that two transactions cannot wait for each other. Row locks come after advisory locks.
/// </summary>
internal enum AdvisoryLock
{
    /// <summary>Sign-ups and accepted invitations of one user. Key: issuer and subject.</summary>
    User,

    /// <summary>Members and roles of a tenant. Key: tenant.</summary>
    Members,

    /// <summary>The provider account of a tenant. Key: tenant.</summary>
    Account,

    /// <summary>Senders of a tenant and inbound messages that have none. Key: tenant.</summary>
    Routing,

    /// <summary>Imports of a tenant. Key: tenant.</summary>
    Imports,

    /// <summary>Erasures and merges of a tenant's contacts. Key: tenant.</summary>
    Erasure,

    /// <summary>The contact that an address belongs to. Key: tenant and address key.</summary>
    Address,

    /// <summary>The usage figures of a tenant. Key: tenant.</summary>
    Usage,
}

/// <summary>The advisory locks of the app. PostgreSQL releases them when the transaction ends.</summary>
internal static class AdvisoryLocks
{
    private const string LockExclusive = "select pg_advisory_xact_lock(hashtextextended(@Key, 0))";
    private const string LockShared = "select pg_advisory_xact_lock_shared(hashtextextended(@Key, 0))";

    /// <summary>Waits until no other transaction holds the lock.</summary>
    public static Task LockAsync(this NpgsqlTransaction tx, AdvisoryLock kind, string key, CancellationToken ct) =>
        tx.ExecuteAsync(LockExclusive, new { Key = $"{kind}/{key}" }, ct);

    /// <summary>Waits until no other transaction holds the tenant's lock.</summary>
    public static Task LockAsync(this NpgsqlTransaction tx, AdvisoryLock kind, Guid tenantId, CancellationToken ct) =>
        tx.LockAsync(kind, tenantId.ToString(), ct);

    /// <summary>Waits until no other transaction holds the lock exclusively. Several transactions share it.</summary>
    public static Task LockSharedAsync(this NpgsqlTransaction tx, AdvisoryLock kind, Guid tenantId, CancellationToken ct) =>
        tx.ExecuteAsync(LockShared, new { Key = $"{kind}/{tenantId}" }, ct);
}
