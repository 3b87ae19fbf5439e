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
            var member = await Owners.HoldAsync(tx, caller.TenantId, id, ct);
            if (member is null)
            {
                return AccessFailures.MemberNotFound();
            }

            if (await Owners.IsLastAsync(tx, caller.TenantId, member, ct))
            {
                return AccessFailures.LastOwner();
            }

            await tx.ExecuteAsync(Delete, new { Id = id }, ct);
            var change = new Change("member.remove", "member", id.ToString(), Before: new { member.Name, member.Role });
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, time.GetUtcNow(), change, ct);
            return id;
        }, ct);
}
