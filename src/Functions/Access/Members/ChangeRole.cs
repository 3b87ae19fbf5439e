using System.ComponentModel.DataAnnotations;
using Npgsql;
using Relais.Access.Keys;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>Who gets a lower role loses the codes and keys that they made.</summary>
internal sealed class ChangeRole(TenantDb db, ApiKeyCache lookup, TimeProvider time)
{
    private const string UpdateRole = "update members set role = @Role where id = @Id";

    internal sealed record Input
    {
        [Required]
        [AllowedValues("owner", "operator", "viewer")]
        public string? Role { get; init; }
    }

    internal sealed record Output(Guid Id, string Name, string Role);

    private sealed record Changed(Output Output, IReadOnlyList<Guid> RevokedKeys);

    public async Task<Result<Output>> RunAsync(Caller caller, Guid id, Input input, bool keepKeys, CancellationToken ct)
    {
        if (!RoleName.IsValid(input.Role))
        {
            return AccessFailures.Invalid("role", input.Role is null ? "is required" : RoleName.Fault);
        }

        var result = await db.RunAsync<Result<Changed>>(caller.TenantId, async tx =>
            await OwnerLock.AcquireAsync(tx, caller, ct) is { } refusal ? refusal
            : await OwnerLock.FindAsync(tx, id, ct) is { } member ? await ChangeAsync(tx, caller, member, input.Role!, keepKeys, ct)
            : AccessFailures.MemberNotFound(), ct);
        lookup.Invalidate(result.Match(changed => changed.RevokedKeys, _ => []));
        return result.Match<Result<Output>>(changed => changed.Output, failure => failure);
    }

    private async Task<Result<Changed>> ChangeAsync(NpgsqlTransaction tx, Caller caller, OwnerLock.Row member, string role, bool keepKeys, CancellationToken ct)
    {
        var output = new Output(member.Id, member.Name, role);
        if (role == member.Role)
        {
            return new Changed(output, []);
        }

        if (await OwnerLock.IsLastAsync(tx, caller.TenantId, member, ct))
        {
            return AccessFailures.LastOwner();
        }

        var now = time.GetUtcNow();
        await tx.ExecuteAsync(UpdateRole, new { member.Id, Role = role }, ct);
        var revoked = RoleName.Parse(role) < RoleName.Parse(member.Role) ? await KeysCreatedByMember.RevokeAsync(tx, caller.TenantId, member, keepKeys, now, ct) : new RevokedAccess([], []);
        var after = new { Role = role, RevokedInvitations = revoked.Invitations, RevokedKeys = revoked.Keys };
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, new AuditEntry("member.change", "member", member.Id.ToString(), new { member.Role }, after), ct);
        return new Changed(output, revoked.Keys);
    }
}
