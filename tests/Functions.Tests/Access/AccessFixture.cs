using Microsoft.Extensions.DependencyInjection;
using Relais.Access;
using Relais.Access.Invitations;
using Relais.Access.Keys;
using Relais.Access.Members;
using Relais.Access.Tenants;
using Relais.Kit;

namespace Functions.Tests.Access;

/// <summary>Creates users, tenants and members on a real database, and gives access to the operations on them.</summary>
internal sealed class AccessFixture(PostgresFixture postgres) : AppFixture(postgres.Database)
{
    public const string Issuer = "https://issuer.example";

    private static int userCount;

    public ApiKeyCache Lookup => Get<ApiKeyCache>();

    public AccessOptions Options => Get<AccessOptions>();

    public CreateTenant Create => Get<CreateTenant>();

    public InviteMember Invite => Get<InviteMember>();

    public AcceptInvitation Accept => Get<AcceptInvitation>();

    public ChangeRole ChangeRole => Get<ChangeRole>();

    public RemoveMember Remove => Get<RemoveMember>();

    public LeaveTenant Leave => Get<LeaveTenant>();

    public CreateApiKey CreateKey => Get<CreateApiKey>();

    public static SignedInUser Somebody(string name = "Awa") => new(Issuer, $"{name}-{Interlocked.Increment(ref userCount)}", name, null);

    /// <summary>Creates a new tenant. Returns its only owner as the caller.</summary>
    public async Task<Caller> OwnerAsync(SignedInUser? person = null)
    {
        person ??= Somebody();
        var tenant = (await Create.RunAsync(person, new NewTenant { Name = "Clinique", Country = "FR" }, null, default)).Value;
        return new Caller(tenant.Id, person.Actor, Role.Owner, []);
    }

    /// <summary>Invites a user to the tenant of the owner and accepts the invitation. Returns the new member as the caller.</summary>
    public async Task<Caller> JoinAsync(Caller owner, Role role, SignedInUser? person = null)
    {
        person ??= Somebody("Binta");
        var invitation = (await Invite.RunAsync(owner, new InviteMember.Input { Role = RoleName.Format(role) }, default)).Value;
        Assert.Null((await Accept.RunAsync(person, new AcceptInvitation.Input { Code = invitation.Code }, default)).Failure);
        return new Caller(owner.TenantId, person.Actor, role, []);
    }

    public Task<Guid> MemberIdAsync(Caller caller) =>
        OneAsync<Guid>(
            "select id from members where tenant_id = @TenantId and subject = @Subject",
            new { caller.TenantId, Subject = caller.Actor.Id });

    public Task<List<Membership>> MembershipsAsync(SignedInUser person) => Get<FindMemberships>().RunAsync(person, default);

    /// <summary>Returns the actions in the tenant's audit trail, oldest first.</summary>
    public Task<List<string>> AuditAsync(Guid tenantId) =>
        ListAsync<string>("select action from audit where tenant_id = @TenantId order by ctid", new { TenantId = tenantId });

    protected override void Replace(IServiceCollection services) => services.AddSingleton(new AccessOptions { Issuer = Issuer });
}
