using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Invitations;

/// <summary>Revokes an open invitation, so that its code no longer works.</summary>
internal sealed class RevokeInvitation(TenantDb db, TimeProvider time)
{
    private const string MarkRevoked = """
        update invitations
        set revoked_at = @Now
        where id = @Id and accepted_at is null and revoked_at is null and expires_at > @Now
        returning role
        """;

    public Task<Result<Guid>> RunAsync(Caller caller, Guid id, CancellationToken ct) =>
        db.RunAsync<Result<Guid>>(caller.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            var role = await tx.QueryOneAsync<string>(MarkRevoked, new { Id = id, Now = now.UtcDateTime }, ct);
            if (role is null)
            {
                return AccessFailures.InvitationNotFound();
            }

            var change = new AuditEntry("invitation.revoke", "invitation", id.ToString(), Before: new { Role = role });
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
            return id;
        }, ct);
}
