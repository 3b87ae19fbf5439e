using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Access.Keys;

/// <summary>Newest first, without the keys themselves.</summary>
internal sealed class ListApiKeys(TenantDb db)
{
    private const string SelectKeys = """
        select id, name, scopes, created_at, expires_at, revoked_at, nullif(created_by, '') as creator_id,
          (select m.name from members m where m.tenant_id = k.tenant_id and m.subject = k.created_by order by m.created_at desc limit 1) as creator_name
        from api_keys k
        where tenant_id = @TenantId and id < @Before
        order by id desc
        limit @Limit + 1
        """;

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required string Name { get; init; }
        public required string[] Scopes { get; init; }
        public required DateTime CreatedAt { get; init; }
        public DateTime? ExpiresAt { get; init; }
        public DateTime? RevokedAt { get; init; }
        public string? CreatorId { get; init; }
        public string? CreatorName { get; init; }
    }

    /// <param name="Id">The subject, as in the audit trail.</param>
    /// <param name="Name">Null when they are no longer a member.</param>
    internal sealed record Creator(string Id, string? Name);

    internal sealed record Item(Guid Id, string Name, IReadOnlyList<string> Scopes, DateTime CreatedAt, Creator? CreatedBy, DateTime? ExpiresAt, DateTime? RevokedAt);

    internal sealed record Output(IReadOnlyList<Item> Keys, Guid? Next);

    public Task<Output> RunAsync(Guid tenantId, PageQuery page, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx =>
        {
            var rows = await tx.QueryAsync<Row>(SelectKeys, new { TenantId = tenantId, Before = page.After ?? Guid.AllBitsSet, page.Limit }, ct);
            var shown = rows.Take(page.Limit).Select(ToItem).ToList();
            return new Output(shown, rows.Count > page.Limit ? shown[^1].Id : null);
        }, ct);

    private static Item ToItem(Row row) => new(
        row.Id, row.Name, row.Scopes, row.CreatedAt, row.CreatorId is { } creator ? new Creator(creator, row.CreatorName) : null, row.ExpiresAt, row.RevokedAt);
}
