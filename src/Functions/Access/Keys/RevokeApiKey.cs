using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Keys;

/// <summary>Works at once here, and within half a minute in other processes. Revoking again is harmless.</summary>
internal sealed class RevokeApiKey(TenantDb db, ApiKeyCache lookup, TimeProvider time)
{
    private const string KeyExists = "select exists (select from api_keys where id = @Id)";

    private const string RevokeKey = """
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
            var key = await tx.QueryOneAsync<Row>(RevokeKey, new { Id = id, Now = now.UtcDateTime }, ct);
            if (key is null)
            {
                return await tx.QueryOneAsync<bool>(KeyExists, new { Id = id }, ct) ? id : AccessFailures.ApiKeyNotFound();
            }

            var change = new AuditEntry("api_key.revoke", "api_key", id.ToString(), Before: new { key.Name, key.Scopes });
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
            return id;
        }, ct);
        lookup.Invalidate([id]);
        return result;
    }
}
