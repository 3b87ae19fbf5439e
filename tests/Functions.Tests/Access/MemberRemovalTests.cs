using Relais.Access;
using Relais.Access.Invitations;
using Relais.Access.Keys;
using Relais.Access.Members;
using Relais.Kit;
using Relais.Platform.Http;

namespace Functions.Tests.Access;

/// <summary>Tests the keys and the audit trail when a member is removed, is demoted, or leaves.</summary>
public sealed class MemberRemovalTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    public enum Way { Removed, Demoted, Left }

    [Theory]
    [InlineData(Way.Removed)]
    [InlineData(Way.Demoted)]
    [InlineData(Way.Left)]
    public async Task Removing_a_member_revokes_their_keys(Way way)
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        var leaving = await world.JoinAsync(owner, Role.Owner);
        var (ownKey, otherKey) = (await CreateKeyAsync(world, leaving), await CreateKeyAsync(world, owner));
        Assert.NotNull(await world.Lookup.FindAsync(ownKey.Key, default));

        await EndMembershipAsync(world, owner, leaving, way);

        Assert.Null(await world.Lookup.FindAsync(ownKey.Key, default));
        Assert.NotNull(await world.Lookup.FindAsync(otherKey.Key, default));
        Assert.Equal(
            $"[\"{ownKey.Id}\"]",
            await world.OneAsync<string>(
                "select after->>'revokedKeys' from audit where tenant_id = @TenantId and after ? 'revokedKeys'", new { owner.TenantId }));
    }

    [Theory]
    [InlineData(Way.Removed)]
    [InlineData(Way.Demoted)]
    public async Task keepKeys_keeps_keys_and_their_creator(Way way)
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        var leaving = await world.JoinAsync(owner, Role.Owner);
        var (ownKey, otherKey) = (await CreateKeyAsync(world, leaving), await CreateKeyAsync(world, owner));

        await EndMembershipAsync(world, owner, leaving, way, keepKeys: true);

        Assert.NotNull(await world.Lookup.FindAsync(ownKey.Key, default));
        var keys = (await world.Get<ListApiKeys>().RunAsync(
            owner.TenantId, new PageQuery(null, 50), default)).Keys.ToDictionary(key => key.Id, key => key.CreatedBy);
        Assert.Equal(new ListApiKeys.Creator(leaving.Actor.Id, way == Way.Removed ? null : "Binta"), keys[ownKey.Id]);
        Assert.Equal(new ListApiKeys.Creator(owner.Actor.Id, "Awa"), keys[otherKey.Id]);
    }

    [Theory]
    [InlineData("viewer")]
    [InlineData("operator")]
    [InlineData("owner")]
    public async Task Any_member_except_the_last_owner_may_leave(string role)
    {
        await using var world = new AccessFixture(postgres);
        var (owner, person) = (await world.OwnerAsync(), AccessFixture.Somebody());
        var member = await world.JoinAsync(owner, RoleName.Parse(role), person);
        var id = await world.MemberIdAsync(member);

        Assert.Null((await world.Leave.RunAsync(member, default)).Failure);

        Assert.Empty(await world.MembershipsAsync(person));
        Assert.Equal("not_a_member", (await world.Leave.RunAsync(member, default)).Failure!.Code);
        Assert.Equal("last_owner", (await world.Leave.RunAsync(owner, default)).Failure!.Code);
        Assert.Equal((id.ToString(), person.Subject), await world.OneAsync<(string, string)>(
            "select subject_id, actor_id from audit where tenant_id = @TenantId and action = 'member.leave'", new { owner.TenantId }));
    }

    [Fact]
    public async Task The_audit_trail_records_scopes_and_first_member()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        var key = await CreateKeyAsync(world, owner);
        await world.Get<RevokeApiKey>().RunAsync(owner, key.Id, default);

        Assert.Equal(
            "[\"*\"]",
            await world.OneAsync<string>(
                "select before->>'scopes' from audit where tenant_id = @TenantId and action = 'api_key.revoke'", new { owner.TenantId }));
        Assert.StartsWith(
            "clinique",
            await world.OneAsync<string>(
                "select after->>'slug' from audit where tenant_id = @TenantId and action = 'tenant.create'", new { owner.TenantId }));
        Assert.Equal((await world.MemberIdAsync(owner)).ToString(), await world.OneAsync<string>(
            "select subject_id from audit where tenant_id = @TenantId and action = 'member.join' and after->>'role' = 'owner'",
            new { owner.TenantId }));
    }

    [Fact]
    public async Task Names_of_keys_and_invitations_must_not_contain_control_characters()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();

        Assert.Equal(
            ["must not contain control characters"],
            (await world.Invite.RunAsync(
                owner, new InviteMember.Input { Role = "viewer", Name = "Cla\nire" }, default)).Failure!.Faults!["name"]);
        Assert.Equal(
            ["must not contain control characters"],
            (await world.CreateKey.RunAsync(
                owner, new CreateApiKey.Input { Name = "Cai\tsse", Scopes = ["*"] }, default)).Failure!.Faults!["name"]);
    }

    private static async Task EndMembershipAsync(AccessFixture world, Caller owner, Caller leaving, Way way, bool keepKeys = false)
    {
        var id = await world.MemberIdAsync(leaving);
        Assert.Null(way switch
        {
            Way.Removed => (await world.Remove.RunAsync(owner, id, keepKeys, default)).Failure,
            Way.Demoted => (await world.ChangeRole.RunAsync(
                owner, id, new ChangeRole.Input { Role = "operator" }, keepKeys, default)).Failure,
            _ => (await world.Leave.RunAsync(leaving, default)).Failure,
        });
    }

    private static async Task<CreateApiKey.Output> CreateKeyAsync(AccessFixture world, Caller owner) =>
        (await world.CreateKey.RunAsync(owner, new CreateApiKey.Input { Name = "Caisse", Scopes = ["*"] }, default)).Value;
}
