using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>A member is no longer one, whoever wanted it.</summary>
internal static class MemberRemoval
{
    private const string DeleteMember = "delete from members where id = @Id";

    /// <param name="tx">That holds the roles of the tenant.</param>
    /// <param name="caller">Who wants it; themselves: they leave.</param>
    /// <param name="member">Who goes.</param>
    /// <param name="keepKeys">The keys that they made go on.</param>
    /// <param name="now">When.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<Result<RevokedAccess>> RunAsync(NpgsqlTransaction tx, Caller caller, OwnerLock.Row member, bool keepKeys, DateTimeOffset now, CancellationToken ct)
    {
        if (await OwnerLock.IsLastAsync(tx, caller.TenantId, member, ct))
        {
            return AccessFailures.LastOwner();
        }

        await tx.ExecuteAsync(DeleteMember, new { member.Id }, ct);
        var revoked = await KeysCreatedByMember.RevokeAsync(tx, caller.TenantId, member, keepKeys, now, ct);
        var action = member.Subject == caller.Actor.Id ? "member.leave" : "member.remove";
        var change = new AuditEntry(action, "member", member.Id.ToString(), new { member.Name, member.Role }, new { RevokedInvitations = revoked.Invitations, RevokedKeys = revoked.Keys });
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return revoked;
    }
}
