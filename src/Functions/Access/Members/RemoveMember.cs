using Relais.Access.Keys;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>Out at once, with the keys that they made: membership is read at each request.</summary>
internal sealed class RemoveMember(TenantDb db, ApiKeyCache lookup, TimeProvider time)
{
    public async Task<Result<Guid>> RunAsync(Caller caller, Guid id, bool keepKeys, CancellationToken ct)
    {
        var result = await db.RunAsync<Result<RevokedAccess>>(caller.TenantId, async tx =>
            await OwnerLock.AcquireAsync(tx, caller, ct) is { } refusal ? refusal
            : await OwnerLock.FindAsync(tx, id, ct) is { } member ? await MemberRemoval.RunAsync(tx, caller, member, keepKeys, time.GetUtcNow(), ct)
            : AccessFailures.MemberNotFound(), ct);
        lookup.Invalidate(result.Match(revoked => revoked.Keys, _ => []));
        return result.Match<Result<Guid>>(_ => id, failure => failure);
    }
}
