using Npgsql;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>A tenant always has an owner. Roles of one tenant change one after the other, so that two owners cannot remove each other at once.</summary>
internal static class Owners
{
    private const string OneAtATime = "select pg_advisory_xact_lock(hashtextextended('members ' || @TenantId::text, 0))";

    private const string Find = "select id, name, role from members where id = @Id";

    private const string Others = "select count(*) from members where tenant_id = @TenantId and role = 'owner' and id <> @Id";

    internal sealed record Row
    {
        public required Guid Id { get; init; }
        public required string Name { get; init; }
        public required string Role { get; init; }
    }

    /// <summary>The member, with the roles of the tenant held still until the end of the transaction.</summary>
    public static async Task<Row?> HoldAsync(NpgsqlTransaction tx, Guid tenantId, Guid id, CancellationToken ct)
    {
        await tx.ExecuteAsync(OneAtATime, new { TenantId = tenantId }, ct);
        return await tx.QueryOneAsync<Row>(Find, new { Id = id }, ct);
    }

    public static async Task<bool> IsLastAsync(NpgsqlTransaction tx, Guid tenantId, Row member, CancellationToken ct) =>
        member.Role == "owner" && await tx.QueryOneAsync<int>(Others, new { TenantId = tenantId, member.Id }, ct) == 0;
}
