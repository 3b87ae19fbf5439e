using System.Collections.Concurrent;
using System.Security.Cryptography;
using Relais.Platform.Database;

namespace Relais.Access.Keys;

/// <summary>A key that works, and the slug of its tenant.</summary>
internal sealed record CachedApiKey(Guid Id, Caller Caller, string Slug);

/// <summary>
/// Finds the tenant of an API key. A found key is remembered for half a minute, so that one revoked by another process works that
/// long at most; one revoked here is forgotten at once. An unknown key is remembered for a second, so that a client that goes on with a wrong key
/// costs a query a second and not one for each request.
/// </summary>
internal sealed class ApiKeyCache(SystemDb db, TimeProvider time)
{
    private const int MaxCachedKeys = 10_000;
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan NegativeCacheTime = TimeSpan.FromSeconds(1);

    private const string SelectKey = """
        select k.tenant_id, k.id, k.name, k.hash, k.scopes, k.expires_at, t.slug
        from api_keys k
        join tenants t on t.id = k.tenant_id
        where k.hash = @Hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > @Now)
        """;

    private sealed class Row
    {
        public required Guid TenantId { get; init; }
        public required Guid Id { get; init; }
        public required string Name { get; init; }
        public required byte[] Hash { get; init; }
        public required string[] Scopes { get; init; }
        public DateTime? ExpiresAt { get; init; }
        public required string Slug { get; init; }
    }

    private readonly ConcurrentDictionary<string, (CachedApiKey Key, DateTimeOffset Until)> cachedKeys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> rejectedKeys = new(StringComparer.Ordinal);
    private int invalidations;

    internal int RejectedKeyCount => rejectedKeys.Count;

    public async Task<CachedApiKey?> FindAsync(string key, CancellationToken ct)
    {
        var hash = ApiKey.Hash(key);
        var name = Convert.ToHexString(hash);
        var now = time.GetUtcNow();
        if (cachedKeys.TryGetValue(name, out var entry) && entry.Until > now)
        {
            return entry.Key;
        }

        if (rejectedKeys.TryGetValue(name, out var until) && until > now)
        {
            return null;
        }

        var before = Volatile.Read(ref invalidations);
        var row = await db.RunAsync(transaction => transaction.QueryOneAsync<Row>(SelectKey, new { Hash = hash, Now = now.UtcDateTime }, ct), ct);
        if (row is null || !CryptographicOperations.FixedTimeEquals(row.Hash, hash))
        {
            cachedKeys.TryRemove(name, out _);
            RememberUnknown(name, now);
            return null;
        }

        rejectedKeys.TryRemove(name, out _);
        var found = new CachedApiKey(row.Id, new Caller(row.TenantId, new Actor(ActorKind.Key, row.Id.ToString(), row.Name), null, row.Scopes), row.Slug);
        Remember(name, found, row.ExpiresAt, now);
        if (Volatile.Read(ref invalidations) != before)
        {
            // revoked between the reading and the remembering
            cachedKeys.TryRemove(name, out _);
        }

        return found;
    }

    /// <summary>After the revocation is committed.</summary>
    public void Invalidate(IReadOnlyCollection<Guid> ids)
    {
        if (ids.Count == 0)
        {
            return;
        }

        Interlocked.Increment(ref invalidations);
        foreach (var (name, entry) in cachedKeys)
        {
            if (ids.Contains(entry.Key.Id))
            {
                cachedKeys.TryRemove(name, out _);
            }
        }
    }

    private void Remember(string name, CachedApiKey key, DateTime? expiresAt, DateTimeOffset now)
    {
        if (cachedKeys.Count >= MaxCachedKeys)
        {
            cachedKeys.Clear();
        }

        var until = now + CacheTime;
        cachedKeys[name] = (key, expiresAt < until.UtcDateTime ? new DateTimeOffset(expiresAt.Value) : until);
    }

    private void RememberUnknown(string name, DateTimeOffset now)
    {
        if (rejectedKeys.Count >= MaxCachedKeys)
        {
            rejectedKeys.Clear();
        }

        rejectedKeys[name] = now + NegativeCacheTime;
    }
}
