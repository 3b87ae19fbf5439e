using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Access.Keys;

/// <summary>Lists the API keys of a tenant without their secret values, newest first.</summary>
internal sealed class ListApiKeys(TenantDb db)
{
    private const string SelectKeys = """
        select id, name, scopes, created_at, expires_at, revoked_at, nullif(created_by, '') as creator_id,
          (
            select m.name
            from members m
            where m.tenant_id = k.tenant_id and m.subject = k.created_by
            order by m.created_at desc limit 1
          ) as creator_name
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

    /// <summary>The member who created a key.</summary>
    /// <param name="Id">The subject of the member, as in the audit trail.</param>
    /// <param name="Name">The name; null if the creator is no longer a member.</param>
    internal sealed record Creator(string Id, string? Name);

    internal sealed record Item(
        Guid Id, string Name, IReadOnlyList<string> Scopes, DateTime CreatedAt, Creator? CreatedBy, DateTime? ExpiresAt,
        DateTime? RevokedAt);

    internal sealed record Output(IReadOnlyList<Item> Keys, Guid? Next);

    public Task<Output> RunAsync(Guid tenantId, PageQuery page, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx =>
        {
            var parameters = new { TenantId = tenantId, page.Before, page.Limit };
            var rows = await tx.QueryAsync<Row>(SelectKeys, parameters, ct);
            var (shown, next) = Page.From(rows, page.Limit, row => row.Id);
            return new Output(shown.ConvertAll(ToItem), next);
        }, ct);

    private static Item ToItem(Row row) => new(
        row.Id, row.Name, row.Scopes, row.CreatedAt, row.CreatorId is { } creatorId ? new Creator(creatorId, row.CreatorName) : null,
        row.ExpiresAt, row.RevokedAt);
}
