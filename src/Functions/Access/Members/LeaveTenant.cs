using Relais.Access.Keys;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>Ends the caller's own membership, and revokes the invitations and API keys that the caller created.</summary>
internal sealed class LeaveTenant(TenantDb db, ApiKeyCache keyCache, TimeProvider time, AccessOptions options)
{
    public async Task<Result<Guid>> RunAsync(Caller caller, CancellationToken ct)
    {
        var result = await db.RunAsync<Result<RevokedAccess>>(caller.TenantId, async tx =>
        {
            await RoleLock.LockAsync(tx, caller.TenantId, ct);
            return await RoleLock.FindAsync(tx, caller, options.Issuer, ct) is { } member
                ? await MemberRemoval.RunAsync(tx, caller, member, keepKeys: false, time.GetUtcNow(), ct)
                : AccessFailures.TenantNotAccessible();
        }, ct);
        keyCache.Invalidate(result.Match(revoked => revoked.Keys, _ => []));
        return result.Match<Result<Guid>>(_ => caller.TenantId, failure => failure);
    }
}
