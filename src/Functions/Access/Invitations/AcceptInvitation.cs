using System.ComponentModel.DataAnnotations;
using Npgsql;
using Relais.Access.Members;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Invitations;

/// <summary>Whoever signed in and shows the code becomes a member. A code works once; one that does not work does not say why.</summary>
internal sealed class AcceptInvitation(SystemDb db, TimeProvider time)
{
    private const string IsAlreadyMember = """
        select exists (select from invitations i join members m on m.tenant_id = i.tenant_id
          where i.code_hash = @Hash and i.accepted_at is null and i.revoked_at is null and i.expires_at > @Now and m.issuer = @Issuer and m.subject = @Subject)
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

    private const string SetAcceptedBy = "update invitations set accepted_by = @MemberId where id = @Id";

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

    public async Task<Result<Output>> RunAsync(SignedInUser person, Input input, CancellationToken ct) =>
        string.IsNullOrEmpty(input.Code)
            ? AccessFailures.Invalid("code", "is required")
            : await db.RunAsync(tx => AcceptAsync(tx, person, InvitationCode.Hash(input.Code), ct), ct);

    private async Task<Result<Output>> AcceptAsync(NpgsqlTransaction tx, SignedInUser person, byte[] hash, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await tx.ExecuteAsync(UserLock.Take, new { person.Issuer, person.Subject }, ct);
        if (await tx.QueryOneAsync<bool>(IsAlreadyMember, new { Hash = hash, person.Issuer, person.Subject, Now = now.UtcDateTime }, ct))
        {
            return AccessFailures.AlreadyMember();
        }

        var invitation = await tx.QueryOneAsync<Row>(MarkAccepted, new { Hash = hash, Now = now.UtcDateTime }, ct);
        if (invitation is null)
        {
            return AccessFailures.InvitationNotFound();
        }

        var memberId = Guid.CreateVersion7(now);
        var name = invitation.Name.Length > 0 ? invitation.Name : person.Name;
        await tx.ExecuteAsync(InsertMember, new { MemberId = memberId, invitation.TenantId, person.Issuer, person.Subject, Name = name, person.Email, invitation.Role, Now = now.UtcDateTime }, ct);
        await tx.ExecuteAsync(SetAcceptedBy, new { MemberId = memberId, invitation.Id }, ct);
        var change = new AuditEntry("member.join", "member", memberId.ToString(), After: new { invitation.Role, Name = name, Invitation = invitation.Id });
        await AuditTrail.WriteAsync(tx, invitation.TenantId, person.Actor with { Name = name }, now, change, ct);
        return new Output(invitation.TenantId, invitation.Slug, invitation.TenantName, invitation.Role);
    }
}
