using Microsoft.Extensions.Primitives;
using Relais.Access.Members;
using Relais.Access.Tenants;

namespace Functions.Tests.Access;

public sealed class RequestedTenantTests
{
    private static readonly Membership Taxi = Of("01900000-0001-7000-8000-00000000000a", "taxi");
    private static readonly Membership Shop = Of("01900000-0001-7000-8000-00000000000b", "shop");

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
    public void A_request_works_in_the_named_tenant_or_in_the_only_one(int memberships, string? named, string expected)
    {
        var chosen = RequestedTenant.Select(new[] { Taxi, Shop }[..memberships], named is null ? default : new StringValues(named));

        Assert.Equal(expected, chosen.Match(membership => membership.Slug, failure => failure.Code));
    }

    [Theory]
    [InlineData("01900000-0001-7000-8000-00000000000a")]
    [InlineData("0190000000017000800000000000000a")]
    public void An_id_never_means_a_tenant_that_calls_itself_so(string id)
    {
        var impostor = Of("01900000-0001-7000-8000-00000000000c", id);

        Assert.Equal("not_a_member", RequestedTenant.Select([impostor], id).Failure?.Code);
        Assert.False(RequestedTenant.Matches(id, impostor.TenantId, impostor.Slug));
    }

    [Theory]
    [InlineData("01900000-0001-7000-8000-00000000000A")]
    [InlineData("{01900000-0001-7000-8000-00000000000a}")]
    [InlineData("0190000000017000800000000000000a")]
    public void A_name_that_is_an_id_makes_no_slug(string name) =>
        Assert.All(SlugCandidates.From(name), slug => Assert.StartsWith("tenant", slug, StringComparison.Ordinal));

    [Fact]
    public void Two_names_are_none() =>
        Assert.Equal("not_a_member", RequestedTenant.Select([Taxi, Shop], new StringValues(["taxi", "taxi"])).Failure!.Code);

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("taxi", true)]
    [InlineData("01900000-0001-7000-8000-00000000000a", true)]
    [InlineData("shop", false)]
    public void A_key_may_name_its_own_tenant_only(string? named, bool agrees) =>
        Assert.Equal(agrees, RequestedTenant.Matches(named is null ? default : new StringValues(named), Taxi.TenantId, Taxi.Slug));

    private static Membership Of(string id, string slug) =>
        new() { Id = Guid.Empty, TenantId = Guid.Parse(id), Slug = slug, TenantName = slug, Name = "", Role = "viewer" };
}
