using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>Out at once: membership is read at each request.</summary>
internal sealed class RemoveMember(TenantDb db, TimeProvider time)
{
    private const string Delete = "delete from members where id = @Id";

    public Task<Result<Guid>> RunAsync(Caller caller, Guid id, CancellationToken ct) =>
        db.RunAsync<Result<Guid>>(caller.TenantId, async tx =>
        {
            if (await Owners.HoldAsync(tx, caller, ct) is { } refusal)
            {
                return refusal;
            }

            var member = await Owners.FindAsync(tx, id, ct);
            if (member is null)
            {
                return AccessFailures.MemberNotFound();
            }

            if (await Owners.IsLastAsync(tx, caller.TenantId, member, ct))
            {
                return AccessFailures.LastOwner();
            }

            var now = time.GetUtcNow();
            await tx.ExecuteAsync(Delete, new { Id = id }, ct);
            var revoked = await Owners.RevokeInvitationsAsync(tx, caller.TenantId, member, now, ct);
            var change = new Change("member.remove", "member", id.ToString(), new { member.Name, member.Role }, new { RevokedInvitations = revoked });
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
            return id;
        }, ct);
}
