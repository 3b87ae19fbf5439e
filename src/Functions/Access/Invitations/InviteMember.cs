using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Npgsql;
using Relais.Access.Members;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Invitations;

/// <summary>Creates an invitation with a secret code. A signed-in user who sends the code within seven days becomes a member.</summary>
internal sealed class InviteMember(TenantDb db, TimeProvider time)
{
    public const int MaxOpenInvitations = 100;

    private static readonly TimeSpan ValidFor = TimeSpan.FromDays(7);

    private const string CountOpenInvitations = """
        select count(*)
        from invitations
        where tenant_id = @TenantId and accepted_at is null and revoked_at is null and expires_at > @Now
        """;

    private const string InsertInvitation = """
        insert into invitations (id, tenant_id, role, name, code_hash, created_by, created_at, expires_at)
        values (@Id, @TenantId, @Role, @Name, @Hash, @CreatedBy, @Now, @ExpiresAt)
        """;

    internal sealed record Input
    {
        [Required]
        [AllowedValues(RoleName.Owner, RoleName.Operator, RoleName.Viewer)]
        public string? Role { get; init; }

        [Description("The name of the invited person. It becomes the name of the member.")]
        public string? Name { get; init; }
    }

    /// <param name="Code">The secret code; it is not stored and no later response contains it.</param>
    internal sealed record Output(Guid Id, string Code, string Role, string Name, DateTimeOffset ExpiresAt);

    public async Task<Result<Output>> RunAsync(Caller caller, Input input, CancellationToken ct)
    {
        var faults = Validate(input);
        if (faults.Count > 0)
        {
            return Failure.InvalidBody(faults);
        }

        return await db.RunAsync<Result<Output>>(caller.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            if (await RoleLock.LockAndRequireOwnerAsync(tx, caller, ct) is { } refusal)
            {
                return refusal;
            }

            if (await tx.QueryOneAsync<int>(CountOpenInvitations, new { caller.TenantId, Now = now.UtcDateTime }, ct) >= MaxOpenInvitations)
            {
                return AccessFailures.LimitReached("invitations", MaxOpenInvitations);
            }

            return await InsertAsync(tx, caller, input, now, ct);
        }, ct);
    }

    private static async Task<Output> InsertAsync(
        NpgsqlTransaction tx, Caller caller, Input input, DateTimeOffset now, CancellationToken ct)
    {
        var invitation = new Output(
            Guid.CreateVersion7(now), InvitationCode.Create(), input.Role!, input.Name?.Trim() ?? "", now + ValidFor);
        await tx.ExecuteAsync(InsertInvitation, new
        {
            invitation.Id,
            caller.TenantId,
            invitation.Role,
            invitation.Name,
            Hash = InvitationCode.Hash(invitation.Code),
            CreatedBy = caller.Actor.Id,
            Now = now.UtcDateTime,
            ExpiresAt = invitation.ExpiresAt.UtcDateTime,
        }, ct);
        var after = new { invitation.Role, invitation.Name, invitation.ExpiresAt };
        var change = new AuditEntry("invitation.create", "invitation", invitation.Id.ToString(), After: after);
        await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
        return invitation;
    }

    private static Dictionary<string, string[]> Validate(Input input)
    {
        var faults = new Dictionary<string, string[]>();
        if (!RoleName.IsValid(input.Role))
        {
            faults.Add("role", [input.Role is null ? "is required" : RoleName.InvalidRoleFault]);
        }

        if (NameValidation.Validate(input.Name, isRequired: false) is { Length: > 0 } nameFaults)
        {
            faults.Add("name", nameFaults);
        }

        return faults;
    }
}
