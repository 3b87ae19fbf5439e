using System.ComponentModel.DataAnnotations;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Members;

internal sealed class ChangeRole(TenantDb db, TimeProvider time)
{
    private const string Update = "update members set role = @Role where id = @Id";

    internal sealed record Input
    {
        [Required]
        [AllowedValues("owner", "operator", "viewer")]
        public string? Role { get; init; }
    }

    internal sealed record Output(Guid Id, string Name, string Role);

    public async Task<Result<Output>> RunAsync(Caller caller, Guid id, Input input, CancellationToken ct)
    {
        if (!RoleName.IsOne(input.Role))
        {
            return AccessFailures.Invalid("role", input.Role is null ? "is required" : RoleName.Fault);
        }

        return await db.RunAsync<Result<Output>>(caller.TenantId, async tx =>
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

            if (input.Role != member.Role)
            {
                if (await Owners.IsLastAsync(tx, caller.TenantId, member, ct))
                {
                    return AccessFailures.LastOwner();
                }

                var now = time.GetUtcNow();
                await tx.ExecuteAsync(Update, new { Id = id, input.Role }, ct);
                var revoked = RoleName.Parse(input.Role!) < RoleName.Parse(member.Role) ? await Owners.RevokeInvitationsAsync(tx, caller.TenantId, member, now, ct) : 0;
                var change = new Change("member.change", "member", id.ToString(), new { member.Role }, new { input.Role, RevokedInvitations = revoked });
                await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
            }

            return new Output(id, member.Name, input.Role!);
        }, ct);
    }
}
