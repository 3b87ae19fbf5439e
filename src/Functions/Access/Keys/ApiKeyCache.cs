using System.Collections.Concurrent;
using System.Security.Cryptography;
using Relais.Platform.Database;

namespace Relais.Access.Keys;

/// <summary>
/// Finds the tenant of an API key and caches the result. A valid key is cached for 30 seconds, so a key that another process revoked
/// works for at most 30 seconds more; a key that this process revoked is removed immediately. An invalid key is cached for one second,
/// so that a client that keeps sending it costs one query a second and not one query for each request.
/// </summary>
internal sealed class ApiKeyCache(SystemDb db, TimeProvider time)
{
    private const int MaxCachedKeys = 10_000;
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan NegativeCacheTime = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (CachedApiKey Key, DateTimeOffset Until)> cachedKeys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> rejectedKeys = new(StringComparer.Ordinal);
    private int invalidations;

    internal int RejectedKeyCount => rejectedKeys.Count;

    /// <returns>Null if the key does not exist, is revoked or has expired.</returns>
    public async Task<CachedApiKey?> FindAsync(string key, CancellationToken ct)
    {
        var hash = ApiKey.Hash(key);
        var hashText = Convert.ToHexString(hash);
        var now = time.GetUtcNow();
        if (cachedKeys.TryGetValue(hashText, out var entry) && entry.Until > now)
        {
            return entry.Key;
        }

        if (rejectedKeys.TryGetValue(hashText, out var until) && until > now)
        {
            return null;
        }

        return await LoadAsync(hash, hashText, now, ct);
    }

    /// <summary>Removes keys from the cache. Call it after the transaction that revoked them is committed.</summary>
    public void Invalidate(IReadOnlyCollection<Guid> ids)
    {
        if (ids.Count == 0)
        {
            return;
        }

        Interlocked.Increment(ref invalidations);
        foreach (var (hashText, entry) in cachedKeys)
        {
            if (ids.Contains(entry.Key.Id))
            {
                cachedKeys.TryRemove(hashText, out _);
            }
        }
    }

    private async Task<CachedApiKey?> LoadAsync(byte[] hash, string hashText, DateTimeOffset now, CancellationToken ct)
    {
        var invalidationsBefore = Volatile.Read(ref invalidations);
        var parameters = new { Hash = hash, Now = now.UtcDateTime };
        var row = await db.RunAsync(tx => tx.QueryOneAsync<ApiKeyRow>(ApiKeyRow.Select, parameters, ct), ct);
        if (row is null || !CryptographicOperations.FixedTimeEquals(row.Hash, hash))
        {
            cachedKeys.TryRemove(hashText, out _);
            CacheRejected(hashText, now);
            return null;
        }

        rejectedKeys.TryRemove(hashText, out _);
        var actor = new Actor(ActorKind.Key, row.Id.ToString(), row.Name);
        var key = new CachedApiKey(row.Id, new Caller(row.TenantId, actor, null, row.Scopes), row.Slug);
        CacheValid(hashText, key, row.ExpiresAt, now);
        if (Volatile.Read(ref invalidations) != invalidationsBefore)
        {
            // A key was revoked after the query and before the insert into the cache. It may be this key, so do not cache it.
            cachedKeys.TryRemove(hashText, out _);
        }

        return key;
    }

    private void CacheValid(string hashText, CachedApiKey key, DateTime? expiresAt, DateTimeOffset now)
    {
        if (cachedKeys.Count >= MaxCachedKeys)
        {
            cachedKeys.Clear();
        }

        var until = now + CacheTime;
        cachedKeys[hashText] = (key, expiresAt < until.UtcDateTime ? new DateTimeOffset(expiresAt.Value) : until);
    }

    private void CacheRejected(string hashText, DateTimeOffset now)
    {
        if (rejectedKeys.Count >= MaxCachedKeys)
        {
            rejectedKeys.Clear();
        }

        rejectedKeys[hashText] = now + NegativeCacheTime;
    }
}
