using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Invitations;

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

            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, new AuditEntry("invitation.revoke", "invitation", id.ToString(), Before: new { Role = role }), ct);
            return id;
        }, ct);
}
