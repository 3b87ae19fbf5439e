using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Access.Keys;

/// <summary>Newest first, without the keys themselves.</summary>
internal sealed class ListApiKeys(TenantDb db)
{
    private const string Page = """
        select id, name, scopes, created_at, expires_at, revoked_at
        from api_keys
        where tenant_id = @TenantId and id < @Before
        order by id desc
        limit @Limit + 1
        """;

    internal sealed record Item
    {
        public required Guid Id { get; init; }
        public required string Name { get; init; }
        public required string[] Scopes { get; init; }
        public required DateTime CreatedAt { get; init; }
        public DateTime? ExpiresAt { get; init; }
        public DateTime? RevokedAt { get; init; }
    }

    internal sealed record Output(IReadOnlyList<Item> Keys, Guid? Next);

    public Task<Output> RunAsync(Guid tenantId, PageQuery page, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx =>
        {
            var rows = await tx.QueryAsync<Item>(Page, new { TenantId = tenantId, Before = page.After ?? Guid.AllBitsSet, page.Limit }, ct);
            var shown = rows.Take(page.Limit).ToList();
            return new Output(shown, rows.Count > page.Limit ? shown[^1].Id : null);
        }, ct);
}
