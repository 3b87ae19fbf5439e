using Microsoft.Extensions.Primitives;
using Relais.Platform;

namespace Relais.Access.Members;

/// <summary>Selects the tenant of a request from the header X-Tenant. Pure.</summary>
internal static class RequestedTenant
{
    public const string Header = "X-Tenant";

    /// <summary>
    /// Returns the membership that the header names, or the only membership if the header is absent. A tenant that does not exist and a
    /// tenant of others give the same failure.
    /// </summary>
    public static Result<Membership> Select(IReadOnlyList<Membership> memberships, StringValues header) =>
        header.Count == 0 || header is [""]
            ? memberships switch
            {
                [var only] => only,
                [] => AccessFailures.TenantNotAccessible(),
                _ => AccessFailures.TenantRequired(),
            }
            : memberships.FirstOrDefault(membership => NamesTenant(header, membership.TenantId, membership.Slug)) is { } selected
                ? selected
                : AccessFailures.TenantNotAccessible();

    /// <summary>Returns true if the header is absent or names this tenant. An API key cannot select another tenant.</summary>
    public static bool Matches(StringValues header, Guid tenantId, string slug) =>
        header.Count == 0 || header is [""] || NamesTenant(header, tenantId, slug);

    private static bool NamesTenant(StringValues header, Guid tenantId, string slug) =>
        header is [{ } idOrSlug]
        && (Guid.TryParse(idOrSlug, out _)
            ? idOrSlug.Equals(tenantId.ToString(), StringComparison.OrdinalIgnoreCase)
            : idOrSlug == slug);
}
