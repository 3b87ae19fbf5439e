using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Inbox;

/// <summary>Oldest first, so that a caller who keeps the last cursor reads on where it stopped.</summary>
internal sealed class ListReceivedMessages(TenantDb db)
{
    private const string SelectReceived = $"""
        {MessageRow.SelectMessages}
        where tenant_id = @TenantId and direction = 'in' and id > @After
        order by id
        limit @Limit + 1
        """;

    internal sealed record Output(IReadOnlyList<MessageView> Messages, Guid? Next);

    public Task<Output> RunAsync(Guid tenantId, PageQuery page, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx =>
        {
            var rows = await tx.QueryAsync<MessageRow>(SelectReceived, new { TenantId = tenantId, After = page.After ?? Guid.Empty, page.Limit }, ct);
            var shown = rows.Take(page.Limit).Select(row => row.ToView()).ToList();
            return new Output(shown, rows.Count > page.Limit ? shown[^1].Id : null);
        }, ct);
}
