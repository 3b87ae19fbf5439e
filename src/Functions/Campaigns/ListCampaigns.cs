using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Campaigns;

/// <summary>Lists the campaigns of a tenant in keyset pages, newest first. Ids are in the order of creation.</summary>
internal sealed class ListCampaigns(TenantDb db)
{
    private const string SelectCampaigns = """
        select id, name, status, sender_id, created_at, started_at, finished_at
        from campaigns
        where tenant_id = @TenantId and id < @Before
        order by id desc
        limit @Limit + 1
        """;

    internal sealed record Item
    {
        public required Guid Id { get; init; }
        public required string Name { get; init; }
        public required string Status { get; init; }
        public required Guid SenderId { get; init; }
        public required DateTime CreatedAt { get; init; }
        public DateTime? StartedAt { get; init; }
        public DateTime? FinishedAt { get; init; }
    }

    internal sealed record Output(IReadOnlyList<Item> Campaigns, Guid? Next);

    public Task<Output> RunAsync(Guid tenantId, PageQuery page, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx =>
        {
            var parameters = new { TenantId = tenantId, page.Before, page.Limit };
            var rows = await tx.QueryAsync<Item>(SelectCampaigns, parameters, ct);
            var (shown, next) = Page.From(rows, page.Limit, row => row.Id);
            return new Output(shown, next);
        }, ct);
}
