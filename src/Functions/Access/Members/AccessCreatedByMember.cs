using Npgsql;
using Relais.Platform.Database;

namespace Relais.Access.Members;

/// <summary>The ids of the invitations and API keys that were revoked because their creator lost a role.</summary>
internal sealed record RevokedAccess(IReadOnlyList<Guid> Invitations, IReadOnlyList<Guid> Keys);

/// <summary>
/// Revokes the open invitations and API keys that a member created. A member who loses a role still knows their secret values and could
/// use them to keep the access.
/// </summary>
internal static class AccessCreatedByMember
{
    private const string MarkInvitationsRevoked = """
        update invitations
        set revoked_at = @Now
        where tenant_id = @TenantId and created_by = @Subject and accepted_at is null and revoked_at is null and expires_at > @Now
        returning id
        """;

    private const string MarkKeysRevoked = """
        update api_keys
        set revoked_at = @Now
        where tenant_id = @TenantId and created_by = @Subject and revoked_at is null and (expires_at is null or expires_at > @Now)
        returning id
        """;

    /// <param name="tx">A transaction that holds the lock of <see cref="RoleLock"/>, so that no key is created meanwhile.</param>
    /// <param name="tenantId">The tenant of the member.</param>
    /// <param name="member">The creator of the invitations and keys.</param>
    /// <param name="keepKeys">True: the keys keep working, only the invitations are revoked.</param>
    /// <param name="now">The time of the revocation.</param>
    /// <param name="ct">Cancels the statements.</param>
    public static async Task<RevokedAccess> RevokeAsync(
        NpgsqlTransaction tx, Guid tenantId, MemberRow member, bool keepKeys, DateTimeOffset now, CancellationToken ct)
    {
        var parameters = new { TenantId = tenantId, member.Subject, Now = now.UtcDateTime };
        return new RevokedAccess(
            await tx.QueryAsync<Guid>(MarkInvitationsRevoked, parameters, ct),
            keepKeys ? [] : await tx.QueryAsync<Guid>(MarkKeysRevoked, parameters, ct));
    }
}
