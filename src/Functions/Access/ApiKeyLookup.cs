using System.Collections.Concurrent;
using System.Security.Cryptography;
using Relais.Platform.Database;

namespace Relais.Access;

/// <summary>Finds the tenant of an API key. A found key is remembered for half a minute, so a revoked one works that long at most.</summary>
internal sealed class ApiKeyLookup(SystemDb db, TimeProvider time)
{
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    private const string Find = """
        select tenant_id, id, name, hash, scopes
        from api_keys
        where hash = @Hash and revoked_at is null and (expires_at is null or expires_at > now())
        """;

    private sealed class Row
    {
        public required Guid TenantId { get; init; }
        public required Guid Id { get; init; }
        public required string Name { get; init; }
        public required byte[] Hash { get; init; }
        public required string[] Scopes { get; init; }
    }

    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset Until)> known = new(StringComparer.Ordinal);

    public async Task<Caller?> FindAsync(string key, CancellationToken ct)
    {
        var hash = ApiKey.Hash(key);
        var name = Convert.ToHexString(hash);
        var now = time.GetUtcNow();
        if (known.TryGetValue(name, out var entry) && entry.Until > now)
        {
            return entry.Caller;
        }

        var row = await db.RunAsync(transaction => transaction.QueryOneAsync<Row>(Find, new { Hash = hash }, ct), ct);
        if (row is null || !CryptographicOperations.FixedTimeEquals(row.Hash, hash))
        {
            known.TryRemove(name, out _);
            return null;
        }

        var caller = new Caller(row.TenantId, new Actor(ActorKind.Key, row.Id.ToString(), row.Name), null, row.Scopes);
        Remember(name, caller, now);
        return caller;
    }

    private void Remember(string name, Caller caller, DateTimeOffset now)
    {
        if (known.Count >= MostRemembered)
        {
            known.Clear();
        }

        known[name] = (caller, now + Remembered);
    }
}
