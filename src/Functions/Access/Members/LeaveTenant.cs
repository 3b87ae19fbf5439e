using Relais.Access.Keys;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>A member goes by themselves, whatever their role; the keys that they made go with them.</summary>
internal sealed class LeaveTenant(TenantDb db, ApiKeyCache lookup, TimeProvider time, AccessOptions options)
{
    public async Task<Result<Guid>> RunAsync(Caller caller, CancellationToken ct)
    {
        var result = await db.RunAsync<Result<RevokedAccess>>(caller.TenantId, async tx =>
        {
            await OwnerLock.LockAsync(tx, caller.TenantId, ct);
            return await OwnerLock.FindAsync(tx, caller, options.Issuer, ct) is { } member
                ? await MemberRemoval.RunAsync(tx, caller, member, keepKeys: false, time.GetUtcNow(), ct)
                : AccessFailures.NotAMember();
        }, ct);
        lookup.Invalidate(result.Match(revoked => revoked.Keys, _ => []));
        return result.Match<Result<Guid>>(_ => caller.TenantId, failure => failure);
    }
}
