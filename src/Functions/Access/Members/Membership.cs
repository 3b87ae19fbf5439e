using Microsoft.Extensions.Primitives;
using Relais.Platform;

namespace Relais.Access.Members;

/// <summary>A person's place in one tenant.</summary>
internal sealed record Membership
{
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required string Slug { get; init; }
    public required string TenantName { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }

    public Role RoleValue => RoleName.Parse(Role);
}

/// <summary>Roles as the database and the API write them.</summary>
internal static class RoleName
{
    public const string Fault = "must be one of owner, operator, viewer";

    public static string Select(Role role) => role.ToString().ToLowerInvariant();

    public static Role Parse(string name) => Enum.Parse<Role>(name, ignoreCase: true);

    public static bool IsValid(string? name) => name is "owner" or "operator" or "viewer";
}

/// <summary>In which tenant a request works. Pure.</summary>
internal static class RequestedTenant
{
    public const string Header = "X-Tenant";

    /// <summary>The named one, or the only one; a tenant that is not there and one that is not yours are the same.</summary>
    public static Result<Membership> Select(IReadOnlyList<Membership> memberships, StringValues named) =>
        named.Count == 0 || named is [""]
            ? memberships switch
            {
                [var only] => only,
                [] => AccessFailures.NotAMember(),
                _ => AccessFailures.TenantRequired(),
            }
            : memberships.FirstOrDefault(membership => Names(named, membership.TenantId, membership.Slug)) is { } chosen ? chosen : AccessFailures.NotAMember();

    /// <summary>A key has one tenant: naming it is allowed, naming another is not.</summary>
    public static bool Matches(StringValues named, Guid tenantId, string slug) => named.Count == 0 || named is [""] || Names(named, tenantId, slug);

    private static bool Names(StringValues named, Guid tenantId, string slug) =>
        named is [{ } one] && (Guid.TryParse(one, out _) ? one.Equals(tenantId.ToString(), StringComparison.OrdinalIgnoreCase) : one == slug);
}
