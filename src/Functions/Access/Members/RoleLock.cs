using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>
/// An advisory lock that serialises all changes of members and roles in a tenant. Without it, the last two owners could remove each
/// other at the same moment and leave the tenant without an owner.
/// </summary>
internal static class RoleLock
{
    private const string SelectOwnRole = """
        select role
        from members
        where tenant_id = @TenantId and subject = @Subject
        order by (role = 'owner') desc
        limit 1
        """;

    private const string SelectMember = "select id, subject, name, role from members where id = @Id";

    private const string SelectOwnMembership = """
        select id, subject, name, role
        from members
        where tenant_id = @TenantId and issuer = @Issuer and subject = @Subject
        """;

    private const string CountOtherOwners = "select count(*) from members where tenant_id = @TenantId and role = 'owner' and id <> @Id";

    /// <summary>Takes the lock until the end of the transaction, then checks that the caller is still an owner.</summary>
    /// <returns>Null if the caller is an owner; a failure if another request removed or demoted the caller meanwhile.</returns>
    public static async Task<Failure?> LockAndRequireOwnerAsync(NpgsqlTransaction tx, Caller caller, CancellationToken ct)
    {
        await LockAsync(tx, caller.TenantId, ct);
        return await tx.QueryOneAsync<string>(SelectOwnRole, new { caller.TenantId, Subject = caller.Actor.Id }, ct) switch
        {
            RoleName.Owner => null,
            null => AccessFailures.TenantNotAccessible(),
            _ => AccessFailures.RoleTooLow(Role.Owner),
        };
    }

    /// <summary>Takes the lock until the end of the transaction.</summary>
    public static Task LockAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct) =>
        tx.LockAsync(AdvisoryLock.Members, tenantId, ct);

    public static Task<MemberRow?> FindAsync(NpgsqlTransaction tx, Guid id, CancellationToken ct) =>
        tx.QueryOneAsync<MemberRow>(SelectMember, new { Id = id }, ct);

    /// <summary>Finds the caller's own membership.</summary>
    public static Task<MemberRow?> FindAsync(NpgsqlTransaction tx, Caller caller, string issuer, CancellationToken ct) =>
        tx.QueryOneAsync<MemberRow>(SelectOwnMembership, new { caller.TenantId, Issuer = issuer, Subject = caller.Actor.Id }, ct);

    /// <summary>Returns true if the member is the last owner of the tenant.</summary>
    public static async Task<bool> IsLastOwnerAsync(NpgsqlTransaction tx, Guid tenantId, MemberRow member, CancellationToken ct) =>
        member.Role == RoleName.Owner && await tx.QueryOneAsync<int>(CountOtherOwners, new { TenantId = tenantId, member.Id }, ct) == 0;
}
