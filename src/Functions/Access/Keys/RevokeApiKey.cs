using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Keys;

/// <summary>
/// Revokes an API key. The key stops working immediately in this process, and within 30 seconds in other processes. Revoking it again
/// succeeds without a change.
/// </summary>
internal sealed class RevokeApiKey(TenantDb db, ApiKeyCache cache, TimeProvider time)
{
    private const string SelectKeyExists = "select exists (select from api_keys where id = @Id)";

    private const string MarkRevoked = """
        update api_keys
        set revoked_at = @Now
        where id = @Id and revoked_at is null
        returning name, scopes
        """;

    private sealed record Row
    {
        public required string Name { get; init; }
        public required string[] Scopes { get; init; }
    }

    public async Task<Result<Guid>> RunAsync(Caller caller, Guid id, CancellationToken ct)
    {
        var result = await db.RunAsync<Result<Guid>>(caller.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            var key = await tx.QueryOneAsync<Row>(MarkRevoked, new { Id = id, Now = now.UtcDateTime }, ct);
            if (key is null)
            {
                return await tx.QueryOneAsync<bool>(SelectKeyExists, new { Id = id }, ct) ? id : AccessFailures.ApiKeyNotFound();
            }

            var change = new AuditEntry("api_key.revoke", "api_key", id.ToString(), Before: new { key.Name, key.Scopes });
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
            return id;
        }, ct);
        cache.Invalidate([id]);
        return result;
    }
}
