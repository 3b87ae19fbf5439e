using Relais.Access.Members;

namespace Relais.Access.Tenants;

/// <summary>Who signed in, and where they are a member.</summary>
internal sealed class GetMe(FindMemberships memberships, AccessOptions options)
{
    internal sealed record MembershipView(Guid TenantId, string Slug, string TenantName, string Role);

    /// <param name="Subject">Permanent at the issuer.</param>
    /// <param name="Name">As the issuer says; may be empty.</param>
    /// <param name="Email">As the issuer says; not proven.</param>
    /// <param name="MayCreateTenant">Whether POST /api/v1/tenants is open.</param>
    /// <param name="Memberships">In the order of joining.</param>
    internal sealed record Output(string Subject, string Name, string? Email, bool MayCreateTenant, IReadOnlyList<MembershipView> Memberships);

    public async Task<Output> RunAsync(SignedInUser person, CancellationToken ct)
    {
        var found = await memberships.RunAsync(person, ct);
        return new Output(person.Subject, person.Name, person.Email, options.AllowSignUp,
            [.. found.Select(member => new MembershipView(member.TenantId, member.Slug, member.TenantName, member.Role))]);
    }
}
