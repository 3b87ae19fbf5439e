using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Webhooks.Failed;

/// <summary>Lists the failed webhook events of a tenant in pages, oldest first. Event ids sort in the order of arrival.</summary>
internal sealed class ListFailedEvents(TenantDb db)
{
    private const string SelectFailedEvents = """
        select id, kind, sid, status, attempts, coalesce(last_error, '') as reason, received_at
        from webhook_events
        where tenant_id = @TenantId and state = 'failed' and id > @After
        order by id
        limit @Limit + 1
        """;

    /// <param name="Kind">status or inbound.</param>
    /// <param name="Sid">The provider's id of the message.</param>
    /// <param name="Reason">The type of the last failure, without phone numbers or texts.</param>
    internal sealed record Item(Guid Id, string Kind, string Sid, string Status, int Attempts, string Reason, DateTimeOffset ReceivedAt);

    /// <param name="Next">The value of <c>after</c> for the next page; null: this is the last page.</param>
    internal sealed record Output(IReadOnlyList<Item> Events, Guid? Next);

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required string Kind { get; init; }
        public required string Sid { get; init; }
        public required string Status { get; init; }
        public required int Attempts { get; init; }
        public required string Reason { get; init; }
        public required DateTime ReceivedAt { get; init; }
    }

    public Task<Output> RunAsync(Guid tenantId, PageQuery page, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx =>
        {
            var parameters = new { TenantId = tenantId, page.After, page.Limit };
            var rows = await tx.QueryAsync<Row>(SelectFailedEvents, parameters, ct);
            var (shown, next) = Page.From(rows, page.Limit, row => row.Id);
            return new Output(shown.ConvertAll(ToItem), next);
        }, ct);

    private static Item ToItem(Row row) => new(row.Id, row.Kind, row.Sid, row.Status, row.Attempts, row.Reason, row.ReceivedAt);
}
