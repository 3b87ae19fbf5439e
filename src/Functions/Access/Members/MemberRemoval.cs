using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>Deletes a membership and revokes the invitations and API keys that the member created.</summary>
internal static class MemberRemoval
{
    private const string DeleteMember = "delete from members where id = @Id";

    /// <param name="tx">A transaction that holds the lock of <see cref="RoleLock"/>.</param>
    /// <param name="caller">The caller who requested the removal. If it is the member, the audit entry is member.leave.</param>
    /// <param name="member">The member to remove.</param>
    /// <param name="keepKeys">True: the API keys that the member created keep working.</param>
    /// <param name="now">The time of the removal.</param>
    /// <param name="ct">Cancels the statements.</param>
    /// <returns>The revoked invitations and keys, or a failure if the member is the last owner.</returns>
    public static async Task<Result<RevokedAccess>> RunAsync(
        NpgsqlTransaction tx, Caller caller, MemberRow member, bool keepKeys, DateTimeOffset now, CancellationToken ct)
    {
        if (await RoleLock.IsLastOwnerAsync(tx, caller.TenantId, member, ct))
        {
            return AccessFailures.LastOwner();
        }

        await tx.ExecuteAsync(DeleteMember, new { member.Id }, ct);
        var revoked = await AccessCreatedByMember.RevokeAsync(tx, caller.TenantId, member, keepKeys, now, ct);
        var action = member.Subject == caller.Actor.Id ? "member.leave" : "member.remove";
        var before = new { member.Name, member.Role };
        var after = new { RevokedInvitations = revoked.Invitations, RevokedKeys = revoked.Keys };
        var change = new AuditEntry(action, "member", member.Id.ToString(), before, after);
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return revoked;
    }
}
