using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Relais.Access.Members;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Access.Invitations;

/// <summary>Makes a code; whoever shows it within a week becomes a member.</summary>
internal sealed class InviteMember(TenantDb db, TimeProvider time)
{
    public const int MaxOpenInvitations = 100;

    private static readonly TimeSpan ValidFor = TimeSpan.FromDays(7);

    private const string CountOpenInvitations = "select count(*) from invitations where tenant_id = @TenantId and accepted_at is null and revoked_at is null and expires_at > @Now";

    private const string InsertInvitation = """
        insert into invitations (id, tenant_id, role, name, code_hash, created_by, created_at, expires_at)
        values (@Id, @TenantId, @Role, @Name, @Hash, @By, @Now, @ExpiresAt)
        """;

    internal sealed record Input
    {
        [Required]
        [AllowedValues("owner", "operator", "viewer")]
        public string? Role { get; init; }

        [Description("Of whom it is meant for; becomes the member's name.")]
        public string? Name { get; init; }
    }

    /// <param name="Code">Shown this once.</param>
    internal sealed record Output(Guid Id, string Code, string Role, string Name, DateTimeOffset ExpiresAt);

    public async Task<Result<Output>> RunAsync(Caller caller, Input input, CancellationToken ct)
    {
        var faults = Faults(input);
        if (faults.Count > 0)
        {
            return AccessFailures.Invalid(faults);
        }

        return await db.RunAsync<Result<Output>>(caller.TenantId, async tx =>
        {
            var now = time.GetUtcNow();
            if (await OwnerLock.AcquireAsync(tx, caller, ct) is { } refusal)
            {
                return refusal;
            }

            if (await tx.QueryOneAsync<int>(CountOpenInvitations, new { caller.TenantId, Now = now.UtcDateTime }, ct) >= MaxOpenInvitations)
            {
                return AccessFailures.LimitReached("invitations", MaxOpenInvitations);
            }

            var made = new Output(Guid.CreateVersion7(now), InvitationCode.Create(), input.Role!, input.Name?.Trim() ?? "", now + ValidFor);
            await tx.ExecuteAsync(InsertInvitation, new
            {
                made.Id,
                caller.TenantId,
                made.Role,
                made.Name,
                Hash = InvitationCode.Hash(made.Code),
                By = caller.Actor.Id,
                Now = now.UtcDateTime,
                ExpiresAt = made.ExpiresAt.UtcDateTime,
            }, ct);
            var change = new AuditEntry("invitation.create", "invitation", made.Id.ToString(), After: new { made.Role, made.Name, made.ExpiresAt });
            await AuditTrail.WriteAsync(tx, caller.TenantId, caller.Actor, now, change, ct);
            return made;
        }, ct);
    }

    private static Dictionary<string, string[]> Faults(Input input)
    {
        var faults = new Dictionary<string, string[]>();
        if (!RoleName.IsValid(input.Role))
        {
            faults.Add("role", [input.Role is null ? "is required" : RoleName.Fault]);
        }

        if (NameValidation.Validate(input.Name, isRequired: false) is { Length: > 0 } name)
        {
            faults.Add("name", name);
        }

        return faults;
    }
}
