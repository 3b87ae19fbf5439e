using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Numbers.Orders;

/// <summary>Lists the orders of a tenant as keyset pages, newest first: ids are in the order of creation.</summary>
internal sealed class ListOrders(TenantDb db)
{
    private const string SelectOrders = $"""
        select {OrderRow.Columns}
        from number_orders
        where tenant_id = @TenantId and id < @Before
        order by id desc
        limit @Limit + 1
        """;

    internal sealed record Output(IReadOnlyList<OrderView> Orders, Guid? Next);

    public Task<Output> RunAsync(Guid tenantId, PageQuery page, CancellationToken ct) => db.RunAsync(tenantId, async tx =>
    {
        var parameters = new { TenantId = tenantId, page.Before, page.Limit };
        var rows = await tx.QueryAsync<OrderRow>(SelectOrders, parameters, ct);
        var (shown, next) = Page.From(rows, page.Limit, row => row.Id);
        return new Output(shown.ConvertAll(row => row.ToView()), next);
    }, ct);
}
