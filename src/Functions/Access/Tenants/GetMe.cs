using Relais.Access.Members;

namespace Relais.Access.Tenants;

/// <summary>Returns the signed-in user and the memberships of the user.</summary>
internal sealed class GetMe(FindMemberships memberships, AccessOptions options)
{
    internal sealed record MembershipView(Guid TenantId, string Slug, string TenantName, string Role);

    /// <param name="Subject">The permanent id of the user at the issuer.</param>
    /// <param name="Name">The display name from the access token; may be empty.</param>
    /// <param name="Email">The unverified email address from the access token; null if the token has none.</param>
    /// <param name="MayCreateTenant">Whether sign-up is enabled, so that POST /api/v1/tenants works.</param>
    /// <param name="Memberships">The memberships of the user in the order of joining.</param>
    internal sealed record Output(
        string Subject, string Name, string? Email, bool MayCreateTenant, IReadOnlyList<MembershipView> Memberships);

    public async Task<Output> RunAsync(SignedInUser user, CancellationToken ct)
    {
        var userMemberships = await memberships.RunAsync(user, ct);
        return new Output(user.Subject, user.Name, user.Email, options.AllowSignUp,
            [.. userMemberships.Select(member => new MembershipView(member.TenantId, member.Slug, member.TenantName, member.Role))]);
    }
}
