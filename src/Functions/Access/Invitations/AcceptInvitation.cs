using System.ComponentModel.DataAnnotations;
using Npgsql;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Invitations;

/// <summary>
/// Makes a signed-in user a member of the tenant that created the invitation code. A code works once. Every invalid code gets the same
/// failure, so that nobody can find out which codes exist.
/// </summary>
internal sealed class AcceptInvitation(SystemDb db, TimeProvider time)
{
    private const string SelectIsAlreadyMember = """
        select exists (select from invitations i join members m on m.tenant_id = i.tenant_id
          where i.code_hash = @Hash and i.accepted_at is null and i.revoked_at is null and i.expires_at > @Now
            and m.issuer = @Issuer and m.subject = @Subject)
        """;

    private const string MarkAccepted = """
        update invitations i
        set accepted_at = @Now
        from tenants t
        where i.code_hash = @Hash and i.accepted_at is null and i.revoked_at is null and i.expires_at > @Now and t.id = i.tenant_id
        returning i.id, i.tenant_id, i.role, i.name, t.slug, t.name as tenant_name
        """;

    private const string InsertMember = """
        insert into members (id, tenant_id, issuer, subject, name, email, role, created_at)
        values (@MemberId, @TenantId, @Issuer, @Subject, @Name, @Email, @Role, @Now)
        """;

    private const string MarkAcceptedBy = "update invitations set accepted_by = @MemberId where id = @Id";

    internal sealed record Input
    {
        [Required]
        public string? Code { get; init; }
    }

    internal sealed record Output(Guid TenantId, string Slug, string TenantName, string Role);

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required string Role { get; init; }
        public required string Name { get; init; }
        public required string Slug { get; init; }
        public required string TenantName { get; init; }
    }

    public async Task<Result<Output>> RunAsync(SignedInUser user, Input input, CancellationToken ct) =>
        string.IsNullOrEmpty(input.Code)
            ? Failure.InvalidBody("code", "is required")
            : await db.RunAsync(tx => AcceptAsync(tx, user, InvitationCode.Hash(input.Code), ct), ct);

    private async Task<Result<Output>> AcceptAsync(NpgsqlTransaction tx, SignedInUser user, byte[] hash, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await tx.LockAsync(AdvisoryLock.User, $"{user.Issuer} {user.Subject}", ct);
        if (await tx.QueryOneAsync<bool>(SelectIsAlreadyMember, new { Hash = hash, user.Issuer, user.Subject, Now = now.UtcDateTime }, ct))
        {
            return AccessFailures.AlreadyMember();
        }

        var invitation = await tx.QueryOneAsync<Row>(MarkAccepted, new { Hash = hash, Now = now.UtcDateTime }, ct);
        if (invitation is null)
        {
            return AccessFailures.InvitationNotFound();
        }

        await AddMemberAsync(tx, invitation, user, now, ct);
        return new Output(invitation.TenantId, invitation.Slug, invitation.TenantName, invitation.Role);
    }

    private static async Task AddMemberAsync(
        NpgsqlTransaction tx, Row invitation, SignedInUser user, DateTimeOffset now, CancellationToken ct)
    {
        var memberId = Guid.CreateVersion7(now);
        var name = invitation.Name.Length > 0 ? invitation.Name : user.Name;
        await tx.ExecuteAsync(InsertMember, new
        {
            MemberId = memberId,
            invitation.TenantId,
            user.Issuer,
            user.Subject,
            Name = name,
            user.Email,
            invitation.Role,
            Now = now.UtcDateTime,
        }, ct);
        await tx.ExecuteAsync(MarkAcceptedBy, new { MemberId = memberId, invitation.Id }, ct);
        var after = new { invitation.Role, Name = name, Invitation = invitation.Id };
        var change = new AuditEntry("member.join", "member", memberId.ToString(), After: after);
        await AuditTrail.WriteAsync(tx, invitation.TenantId, user.Actor with { Name = name }, now, change, ct);
    }
}
