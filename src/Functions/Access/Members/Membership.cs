namespace Relais.Access.Members;

/// <summary>The membership of a user in a tenant.</summary>
internal sealed record Membership
{
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required string Slug { get; init; }
    public required string TenantName { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }

    public Role ParsedRole => RoleName.Parse(Role);
}
