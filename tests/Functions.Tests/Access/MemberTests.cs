using Relais.Access;
using Relais.Access.Invitations;
using Relais.Access.Keys;
using Relais.Access.Members;
using Relais.Kit;
using Relais.Platform.Http;

namespace Functions.Tests.Access;

public sealed class MemberTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task The_last_owner_cannot_be_removed_or_demoted()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        var other = await world.JoinAsync(owner, Role.Operator);
        var (ownId, otherId) = (await world.MemberIdAsync(owner), await world.MemberIdAsync(other));

        Assert.Equal("last_owner", (await world.ChangeRole.RunAsync(owner, ownId, To("viewer"), false, default)).Failure!.Code);
        Assert.Equal("last_owner", (await world.Remove.RunAsync(owner, ownId, false, default)).Failure!.Code);
        Assert.Null((await world.ChangeRole.RunAsync(owner, otherId, To("owner"), false, default)).Failure);
        Assert.Null((await world.ChangeRole.RunAsync(owner, ownId, To("viewer"), false, default)).Failure);
        Assert.Equal("last_owner", (await world.Remove.RunAsync(other, otherId, false, default)).Failure!.Code);
        Assert.Equal(
            ["tenant.create", "member.join", "invitation.create", "member.join", "member.change", "member.change"],
            await world.AuditAsync(owner.TenantId));
    }

    [Fact]
    public async Task Concurrent_owner_removals_leave_one_owner()
    {
        await using var world = new AccessFixture(postgres);
        for (var round = 0; round < 10; round++)
        {
            var first = await world.OwnerAsync();
            var owners = new List<Caller>
            {
                first,
                await world.JoinAsync(first, Role.Owner),
                await world.JoinAsync(first, Role.Owner),
                await world.JoinAsync(first, Role.Owner),
            };
            var ids = new List<Guid>();
            foreach (var owner in owners)
            {
                ids.Add(await world.MemberIdAsync(owner));
            }

            await Task.WhenAll(owners.SelectMany((owner, i) => ids.Select(id => (i + id.GetHashCode()) % 2 == 0
                ? (Task)world.Remove.RunAsync(owner, id, false, default)
                : world.ChangeRole.RunAsync(owner, id, To("viewer"), false, default))));

            Assert.Equal(
                1,
                await world.OneAsync<int>(
                    "select count(*) from members where tenant_id = @TenantId and role = 'owner'", new { first.TenantId }));
        }
    }

    [Fact]
    public async Task A_removed_member_loses_access_and_can_be_invited_again()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        var person = AccessFixture.Somebody("Claire");
        var member = await world.JoinAsync(owner, Role.Viewer, person);

        Assert.Null((await world.Remove.RunAsync(owner, await world.MemberIdAsync(member), false, default)).Failure);

        Assert.Empty(await world.MembershipsAsync(person));
        await world.JoinAsync(owner, Role.Operator, person);
        Assert.Equal("operator", Assert.Single(await world.MembershipsAsync(person)).Role);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("operator")]
    public async Task Removing_or_demoting_a_member_revokes_their_invitations(string? demotedTo)
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        var leaving = await world.JoinAsync(owner, Role.Owner);
        var (ownInvitation, otherInvitation) = (await InviteAsync(leaving), await InviteAsync(owner));
        async Task<InviteMember.Output> InviteAsync(Caller by) =>
            (await world.Invite.RunAsync(by, new InviteMember.Input { Role = "owner" }, default)).Value;

        await LeaveAsync(world, owner, leaving, demotedTo);

        Assert.Equal("invitation_not_found", (await AcceptAsync(world, AccessFixture.Somebody(), ownInvitation.Code)).Failure!.Code);
        Assert.Null((await AcceptAsync(world, AccessFixture.Somebody(), otherInvitation.Code)).Failure);
        Assert.Equal(
            $"[\"{ownInvitation.Id}\"]",
            await world.OneAsync<string>(
                "select after->>'revokedInvitations' from audit where tenant_id = @TenantId and after ? 'revokedInvitations'",
                new { owner.TenantId }));
    }

    [Theory]
    [InlineData(null, "not_a_member")]
    [InlineData("viewer", "role_missing")]
    public async Task A_request_of_a_just_removed_member_is_refused(string? demotedTo, string code)
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        var leaving = await world.JoinAsync(owner, Role.Owner);
        var ownerId = await world.MemberIdAsync(owner);

        await LeaveAsync(world, owner, leaving, demotedTo);

        Assert.Equal(code, (await world.Remove.RunAsync(leaving, ownerId, false, default)).Failure?.Code);
        Assert.Equal(code, (await world.ChangeRole.RunAsync(leaving, ownerId, To("viewer"), false, default)).Failure?.Code);
        Assert.Equal(code, (await world.Invite.RunAsync(leaving, new InviteMember.Input { Role = "owner" }, default)).Failure?.Code);
        Assert.Equal(
            code,
            (await world.CreateKey.RunAsync(leaving, new CreateApiKey.Input { Name = "k", Scopes = ["*"] }, default)).Failure?.Code);
    }

    [Fact]
    public async Task A_member_of_another_tenant_is_not_found()
    {
        await using var world = new AccessFixture(postgres);
        var (owner, other) = (await world.OwnerAsync(), await world.OwnerAsync());
        var foreignMember = await world.MemberIdAsync(await world.JoinAsync(other, Role.Viewer));

        Assert.Equal("member_not_found", (await world.Remove.RunAsync(owner, foreignMember, false, default)).Failure!.Code);
        Assert.Equal(
            "member_not_found",
            (await world.ChangeRole.RunAsync(owner, foreignMember, To("owner"), false, default)).Failure!.Code);
        var members = (await world.Get<ListMembers>().RunAsync(owner, new PageQuery(null, 50), default)).Members;
        Assert.Equal(("owner", true), (Assert.Single(members).Role, members[0].IsYou));
    }

    [Theory]
    [InlineData(null, "is required")]
    [InlineData("boss", "must be one of owner, operator, viewer")]
    [InlineData("Owner", "must be one of owner, operator, viewer")]
    public async Task An_unknown_role_is_refused(string? role, string fault)
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();

        Assert.Equal(
            [fault],
            (await world.ChangeRole.RunAsync(owner, await world.MemberIdAsync(owner), To(role), false, default)).Failure!.Faults!["role"]);
        Assert.Equal(
            [fault],
            (await world.Invite.RunAsync(owner, new InviteMember.Input { Role = role }, default)).Failure!.Faults!["role"]);
    }

    [Fact]
    public async Task Twenty_concurrent_uses_of_a_code_create_one_member()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        var code = (await world.Invite.RunAsync(owner, new InviteMember.Input { Role = "operator", Name = "Binta" }, default)).Value.Code;

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AcceptAsync(world, AccessFixture.Somebody(), code)));

        Assert.Equal(
            (owner.TenantId, "operator"),
            (
                Assert.Single(results, result => result.Failure is null).Value.TenantId,
                results.Single(result => result.Failure is null).Value.Role));
        Assert.All(
            results.Where(result => result.Failure is not null),
            result => Assert.Equal("invitation_not_found", result.Failure!.Code));
        Assert.Equal(
            1,
            await world.OneAsync<int>(
                "select count(*) from members where tenant_id = @TenantId and name = 'Binta'", new { owner.TenantId }));
    }

    [Fact]
    public async Task A_person_who_accepts_ten_codes_concurrently_uses_one_code()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        for (var round = 1; round <= 5; round++)
        {
            var person = AccessFixture.Somebody();
            var codes = new List<string>();
            for (var i = 0; i < 10; i++)
            {
                codes.Add((await world.Invite.RunAsync(owner, new InviteMember.Input { Role = "viewer" }, default)).Value.Code);
            }

            var results = await Task.WhenAll(codes.Select(code => AcceptAsync(world, person, code)));

            Assert.Single(results, result => result.Failure is null);
            Assert.All(results.Where(result => result.Failure is not null), result => Assert.Equal("already_member", result.Failure!.Code));
            Assert.Equal(
                9 * round,
                await world.OneAsync<int>(
                    "select count(*) from invitations where tenant_id = @TenantId and accepted_at is null", new { owner.TenantId }));
        }
    }

    [Fact]
    public async Task Every_invalid_code_gets_the_same_answer()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        async Task<InviteMember.Output> InviteAsync() =>
            (await world.Invite.RunAsync(owner, new InviteMember.Input { Role = "viewer" }, default)).Value;
        var (used, revoked, old) = (await InviteAsync(), await InviteAsync(), await InviteAsync());
        Assert.Null((await AcceptAsync(world, AccessFixture.Somebody(), used.Code)).Failure);
        var revoke = world.Get<RevokeInvitation>();
        Assert.Null((await revoke.RunAsync(owner, revoked.Id, default)).Failure);
        Assert.Equal("invitation_not_found", (await revoke.RunAsync(owner, revoked.Id, default)).Failure!.Code);
        Assert.Equal("invitation_not_found", (await revoke.RunAsync(owner, used.Id, default)).Failure!.Code);
        var early = await AcceptAsync(world, AccessFixture.Somebody(), InvitationCode.Create());
        world.Clock.Advance(TimeSpan.FromDays(7));

        var failures = new List<Relais.Platform.Failure?> { early.Failure };
        foreach (var code in new[] { used.Code, revoked.Code, old.Code, "x", used.Code + " " })
        {
            failures.Add((await AcceptAsync(world, AccessFixture.Somebody(), code)).Failure);
        }

        Assert.Single(failures.Distinct());
        Assert.Equal("invitation_not_found", failures[0]!.Code);
        Assert.Equal(
            ["expired", "revoked", "accepted"],
            (await world.Get<ListInvitations>().RunAsync(owner.TenantId, new PageQuery(null, 50), default))
            .Invitations.OrderBy(item => item.Id == old.Id ? 0 : item.Id == revoked.Id ? 1 : 2).Select(item => item.State));
    }

    [Fact]
    public async Task A_code_is_stored_only_as_a_digest()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();

        var code = (await world.Invite.RunAsync(owner, new InviteMember.Input { Role = "viewer" }, default)).Value.Code;

        Assert.Equal(0, await world.OneAsync<int>("""
            select count(*) from (select i::text as row from invitations i union all select a::text from audit a) everything
              where position(@Code in row) > 0
            """, new { Code = code }));
    }

    [Fact]
    public async Task The_number_of_open_invitations_is_limited()
    {
        await using var world = new AccessFixture(postgres);
        var owner = await world.OwnerAsync();
        await world.ExecuteAsync("""
            insert into invitations (id, tenant_id, role, code_hash, created_by, created_at, expires_at)
            select gen_random_uuid(), @TenantId, 'viewer', sha256((@TenantId::text || n)::bytea), 'x', @Now, @Now + interval '1 day'
              from generate_series(1, @Most) n
            """, new { owner.TenantId, Most = InviteMember.MaxOpenInvitations, Now = world.Clock.Now.UtcDateTime });

        Assert.Equal(
            "too_many_invitations",
            (await world.Invite.RunAsync(owner, new InviteMember.Input { Role = "viewer" }, default)).Failure!.Code);
        world.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Null((await world.Invite.RunAsync(owner, new InviteMember.Input { Role = "viewer" }, default)).Failure);
    }

    private static Task<Relais.Platform.Result<AcceptInvitation.Output>> AcceptAsync(
        AccessFixture world, SignedInUser person, string code) =>
        world.Accept.RunAsync(person, new AcceptInvitation.Input { Code = code }, default);

    private static async Task LeaveAsync(AccessFixture world, Caller owner, Caller leaving, string? demotedTo, bool keepKeys = false)
    {
        var id = await world.MemberIdAsync(leaving);
        Assert.Null(
            demotedTo is null
                ? (await world.Remove.RunAsync(owner, id, keepKeys, default)).Failure
                : (await world.ChangeRole.RunAsync(owner, id, To(demotedTo), keepKeys, default)).Failure);
    }

    private static ChangeRole.Input To(string? role) => new() { Role = role };
}
