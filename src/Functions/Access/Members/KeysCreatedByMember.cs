using Npgsql;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>What was taken back together with a role.</summary>
internal sealed record RevokedAccess(IReadOnlyList<Guid> Invitations, IReadOnlyList<Guid> Keys);

/// <summary>Whoever loses a role does not come back with a code or a key that they made while they had it: they know both.</summary>
internal static class KeysCreatedByMember
{
    private const string RevokeInvitations = """
        update invitations
        set revoked_at = @Now
        where tenant_id = @TenantId and created_by = @Subject and accepted_at is null and revoked_at is null and expires_at > @Now
        returning id
        """;

    private const string RevokeKeys = """
        update api_keys
        set revoked_at = @Now
        where tenant_id = @TenantId and created_by = @Subject and revoked_at is null and (expires_at is null or expires_at > @Now)
        returning id
        """;

    /// <param name="tx">That holds the roles of the tenant: no key is made meanwhile.</param>
    /// <param name="tenantId">Whose.</param>
    /// <param name="member">Who made them.</param>
    /// <param name="keepKeys">The keys go on; the codes do not.</param>
    /// <param name="now">When.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<RevokedAccess> RevokeAsync(NpgsqlTransaction tx, Guid tenantId, OwnerLock.Row member, bool keepKeys, DateTimeOffset now, CancellationToken ct)
    {
        var parameters = new { TenantId = tenantId, member.Subject, Now = now.UtcDateTime };
        return new RevokedAccess(await tx.QueryAsync<Guid>(RevokeInvitations, parameters, ct), keepKeys ? [] : await tx.QueryAsync<Guid>(RevokeKeys, parameters, ct));
    }
}
