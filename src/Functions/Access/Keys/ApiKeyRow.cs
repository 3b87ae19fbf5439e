namespace Relais.Access.Keys;

/// <summary>A valid API key, with the slug of its tenant.</summary>
internal sealed class ApiKeyRow
{
    public const string Select = """
        select k.tenant_id, k.id, k.name, k.hash, k.scopes, k.expires_at, t.slug
        from api_keys k
        join tenants t on t.id = k.tenant_id
        where k.hash = @Hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > @Now)
        """;

    public required Guid TenantId { get; init; }
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required byte[] Hash { get; init; }
    public required string[] Scopes { get; init; }
    public DateTime? ExpiresAt { get; init; }
    public required string Slug { get; init; }
}
