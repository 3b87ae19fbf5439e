using Relais.Access.Keys;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>
/// Removes a member. The member loses access immediately, because every request reads the memberships again. The API keys that the
/// member created are revoked, unless the caller keeps them.
/// </summary>
internal sealed class RemoveMember(TenantDb db, ApiKeyCache keyCache, TimeProvider time)
{
    public async Task<Result<Guid>> RunAsync(Caller caller, Guid id, bool keepKeys, CancellationToken ct)
    {
        var result = await db.RunAsync<Result<RevokedAccess>>(caller.TenantId, async tx =>
            await RoleLock.LockAndRequireOwnerAsync(tx, caller, ct) is { } refusal ? refusal
            : await RoleLock.FindAsync(tx, id, ct) is { } member
                ? await MemberRemoval.RunAsync(tx, caller, member, keepKeys, time.GetUtcNow(), ct)
                : AccessFailures.MemberNotFound(), ct);
        keyCache.Invalidate(result.Match(revoked => revoked.Keys, _ => []));
        return result.Match<Result<Guid>>(_ => id, failure => failure);
    }
}
