using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Inbox;

/// <summary>
/// Lists the received messages of a tenant, oldest first, so that a client that stores the last cursor later gets the new messages only.
/// </summary>
internal sealed class ListReceivedMessages(TenantDb db)
{
    private const string SelectReceived = $"""
        {MessageRow.SelectFromMessages}
        where tenant_id = @TenantId and direction = 'in' and id > @After
        order by id
        limit @Limit + 1
        """;

    internal sealed record Output(IReadOnlyList<MessageView> Messages, Guid? Next);

    public Task<Output> RunAsync(Guid tenantId, PageQuery page, CancellationToken ct) =>
        db.RunAsync(tenantId, async tx =>
        {
            var parameters = new { TenantId = tenantId, page.After, page.Limit };
            var rows = await tx.QueryAsync<MessageRow>(SelectReceived, parameters, ct);
            var (shown, next) = Page.From(rows, page.Limit, row => row.Id);
            return new Output(shown.ConvertAll(row => row.ToView()), next);
        }, ct);
}
