using Microsoft.Extensions.Primitives;
using Relais.Access.Members;
using Relais.Access.Tenants;

namespace Functions.Tests.Access;

public sealed class RequestedTenantTests
{
    private static readonly Membership Taxi = CreateMembership("01900000-0001-7000-8000-00000000000a", "taxi");
    private static readonly Membership Shop = CreateMembership("01900000-0001-7000-8000-00000000000b", "shop");

    [Theory]
    [InlineData(0, null, "not_a_member")]
    [InlineData(1, null, "taxi")]
    [InlineData(2, null, "tenant_required")]
    [InlineData(2, "", "tenant_required")]
    [InlineData(2, "shop", "shop")]
    [InlineData(2, "01900000-0001-7000-8000-00000000000b", "shop")]
    [InlineData(2, "01900000-0001-7000-8000-00000000000B", "shop")]
    [InlineData(2, "Shop", "not_a_member")]
    [InlineData(1, "shop", "not_a_member")]
    [InlineData(1, "nobody", "not_a_member")]
    [InlineData(1, "{01900000-0001-7000-8000-00000000000a}", "not_a_member")]
    [InlineData(2, "taxi, shop", "not_a_member")]
    public void A_request_selects_the_named_or_the_only_tenant(int memberships, string? requested, string expected)
    {
        var selected = RequestedTenant.Select(
            new[] { Taxi, Shop }[..memberships], requested is null ? default : new StringValues(requested));

        Assert.Equal(expected, selected.Match(membership => membership.Slug, failure => failure.Code));
    }

    [Theory]
    [InlineData("01900000-0001-7000-8000-00000000000a")]
    [InlineData("0190000000017000800000000000000a")]
    public void A_slug_that_looks_like_an_id_is_not_matched(string id)
    {
        var impostor = CreateMembership("01900000-0001-7000-8000-00000000000c", id);

        Assert.Equal("not_a_member", RequestedTenant.Select([impostor], id).Failure?.Code);
        Assert.False(RequestedTenant.Matches(id, impostor.TenantId, impostor.Slug));
    }

    [Theory]
    [InlineData("01900000-0001-7000-8000-00000000000A")]
    [InlineData("{01900000-0001-7000-8000-00000000000a}")]
    [InlineData("0190000000017000800000000000000a")]
    public void A_name_that_is_an_id_gets_a_generic_slug(string name) =>
        Assert.All(SlugCandidates.From(name), slug => Assert.StartsWith("tenant", slug, StringComparison.Ordinal));

    [Fact]
    public void Two_tenant_headers_are_refused() =>
        Assert.Equal("not_a_member", RequestedTenant.Select([Taxi, Shop], new StringValues(["taxi", "taxi"])).Failure!.Code);

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("taxi", true)]
    [InlineData("01900000-0001-7000-8000-00000000000a", true)]
    [InlineData("shop", false)]
    public void A_key_may_request_only_its_own_tenant(string? requested, bool isAllowed) =>
        Assert.Equal(
            isAllowed,
            RequestedTenant.Matches(requested is null ? default : new StringValues(requested), Taxi.TenantId, Taxi.Slug));

    private static Membership CreateMembership(string id, string slug) =>
        new() { Id = Guid.Empty, TenantId = Guid.Parse(id), Slug = slug, TenantName = slug, Name = "", Role = "viewer" };
}
