using System.ComponentModel.DataAnnotations;
using Npgsql;
using Relais.Access.Keys;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>
/// Changes the role of a member. A lower role also revokes the open invitations and, unless the caller keeps them, the API keys that the
/// member created.
/// </summary>
internal sealed class ChangeRole(TenantDb db, ApiKeyCache keyCache, TimeProvider time)
{
    private const string UpdateRole = "update members set role = @Role where id = @Id";

    internal sealed record Input
    {
        [Required]
        [AllowedValues(RoleName.Owner, RoleName.Operator, RoleName.Viewer)]
        public string? Role { get; init; }
    }

    internal sealed record Output(Guid Id, string Name, string Role);

    private sealed record RoleChange(Output Output, IReadOnlyList<Guid> RevokedKeys);

    public async Task<Result<Output>> RunAsync(Caller caller, Guid id, Input input, bool keepKeys, CancellationToken ct)
    {
        if (!RoleName.IsValid(input.Role))
        {
            return Failure.InvalidBody("role", input.Role is null ? "is required" : RoleName.InvalidRoleFault);
        }

        var result = await db.RunAsync<Result<RoleChange>>(caller.TenantId, async tx =>
            await RoleLock.LockAndRequireOwnerAsync(tx, caller, ct) is { } refusal ? refusal
            : await RoleLock.FindAsync(tx, id, ct) is { } member ? await ChangeAsync(tx, caller, member, input.Role!, keepKeys, ct)
            : AccessFailures.MemberNotFound(), ct);
        keyCache.Invalidate(result.Match(change => change.RevokedKeys, _ => []));
        return result.Match<Result<Output>>(change => change.Output, failure => failure);
    }

    private async Task<Result<RoleChange>> ChangeAsync(
        NpgsqlTransaction tx, Caller caller, MemberRow member, string role, bool keepKeys, CancellationToken ct)
    {
        var output = new Output(member.Id, member.Name, role);
        if (role == member.Role)
        {
            return new RoleChange(output, []);
        }

        if (await RoleLock.IsLastOwnerAsync(tx, caller.TenantId, member, ct))
        {
            return AccessFailures.LastOwner();
        }

        var now = time.GetUtcNow();
        await tx.ExecuteAsync(UpdateRole, new { member.Id, Role = role }, ct);
        var revoked = RoleName.Parse(role) < RoleName.Parse(member.Role)
            ? await AccessCreatedByMember.RevokeAsync(tx, caller.TenantId, member, keepKeys, now, ct)
            : new RevokedAccess([], []);
        var after = new { Role = role, RevokedInvitations = revoked.Invitations, RevokedKeys = revoked.Keys };
        var change = new AuditEntry("member.change", "member", member.Id.ToString(), new { member.Role }, after);
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return new RoleChange(output, revoked.Keys);
    }
}
