using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>A tenant always has an owner. Roles of one tenant change one after the other, so that two owners cannot remove each other at once.</summary>
internal static class OwnerLock
{
    private const string OneAtATime = "select pg_advisory_xact_lock(hashtextextended('members ' || @TenantId::text, 0))";

    private const string SelectOwnRole = "select role from members where tenant_id = @TenantId and subject = @Subject order by (role = 'owner') desc limit 1";

    private const string SelectMember = "select id, subject, name, role from members where id = @Id";

    private const string SelectOwnMembership = "select id, subject, name, role from members where tenant_id = @TenantId and issuer = @Issuer and subject = @Subject";

    private const string CountOtherOwners = "select count(*) from members where tenant_id = @TenantId and role = 'owner' and id <> @Id";

    internal sealed record Row
    {
        public required Guid Id { get; init; }
        public required string Subject { get; init; }
        public required string Name { get; init; }
        public required string Role { get; init; }
    }

    /// <summary>Holds the roles of the tenant still until the end of the transaction.</summary>
    /// <returns>Why not: the caller was removed or demoted while the request was under way.</returns>
    public static async Task<Failure?> AcquireAsync(NpgsqlTransaction tx, Caller caller, CancellationToken ct)
    {
        await LockAsync(tx, caller.TenantId, ct);
        return await tx.QueryOneAsync<string>(SelectOwnRole, new { caller.TenantId, Subject = caller.Actor.Id }, ct) switch
        {
            "owner" => null,
            null => AccessFailures.NotAMember(),
            _ => AccessFailures.RoleMissing(Role.Owner),
        };
    }

    public static Task LockAsync(NpgsqlTransaction tx, Guid tenantId, CancellationToken ct) => tx.ExecuteAsync(OneAtATime, new { TenantId = tenantId }, ct);

    public static Task<Row?> FindAsync(NpgsqlTransaction tx, Guid id, CancellationToken ct) => tx.QueryOneAsync<Row>(SelectMember, new { Id = id }, ct);

    /// <summary>The caller's own place.</summary>
    public static Task<Row?> FindAsync(NpgsqlTransaction tx, Caller caller, string issuer, CancellationToken ct) =>
        tx.QueryOneAsync<Row>(SelectOwnMembership, new { caller.TenantId, Issuer = issuer, Subject = caller.Actor.Id }, ct);

    public static async Task<bool> IsLastAsync(NpgsqlTransaction tx, Guid tenantId, Row member, CancellationToken ct) =>
        member.Role == "owner" && await tx.QueryOneAsync<int>(CountOtherOwners, new { TenantId = tenantId, member.Id }, ct) == 0;
}
