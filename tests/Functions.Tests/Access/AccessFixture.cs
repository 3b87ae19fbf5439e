using Dapper;
using Npgsql;
using Relais.Access;
using Relais.Access.Invitations;
using Relais.Access.Keys;
using Relais.Access.Members;
using Relais.Access.Tenants;
using Relais.Kit;
using Relais.Platform.Database;

namespace Functions.Tests.Access;

/// <summary>Creates users, tenants and members on a real database, and gives access to the operations on them.</summary>
internal sealed class AccessFixture : IAsyncDisposable
{
    public const string Issuer = "https://issuer.example";

    private static int userCount;
    private readonly NpgsqlDataSource app;
    private readonly NpgsqlDataSource system;
    private readonly string superuser;

    public AccessFixture(PostgresFixture postgres)
    {
        RowMapping.Configure();
        (app, system, superuser) = (NpgsqlDataSource.Create(postgres.App), NpgsqlDataSource.Create(postgres.System), postgres.Superuser);
        (Db, SystemDb) = (new TenantDb(app), new SystemDb(system));
        Lookup = new ApiKeyCache(SystemDb, Clock);
    }

    public FixedClock Clock { get; } = new();

    public TenantDb Db { get; }

    public SystemDb SystemDb { get; }

    public ApiKeyCache Lookup { get; }

    public AccessOptions Options { get; } = new() { Issuer = Issuer };

    public CreateTenant Create => new(SystemDb, Clock, Options);

    public InviteMember Invite => new(Db, Clock);

    public AcceptInvitation Accept => new(SystemDb, Clock);

    public ChangeRole ChangeRole => new(Db, Lookup, Clock);

    public RemoveMember Remove => new(Db, Lookup, Clock);

    public LeaveTenant Leave => new(Db, Lookup, Clock, Options);

    public CreateApiKey CreateKey => new(Db, Clock);

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

    public Task<List<Membership>> MembershipsAsync(SignedInUser person) => new FindMemberships(SystemDb).RunAsync(person, default);

    /// <summary>Returns the actions in the tenant's audit trail, oldest first.</summary>
    public Task<List<string>> AuditAsync(Guid tenantId) =>
        ListAsync<string>("select action from audit where tenant_id = @TenantId order by ctid", new { TenantId = tenantId });

    public async Task<T> OneAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(superuser);
        return (await connection.QuerySingleAsync<T>(sql, parameters))!;
    }

    public async Task<List<T>> ListAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(superuser);
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async Task<int> ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(superuser);
        return await connection.ExecuteAsync(sql, parameters);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await system.DisposeAsync();
    }
}
