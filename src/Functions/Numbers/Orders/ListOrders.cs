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
        var parameters = new { TenantId = tenantId, Before = page.After ?? Guid.AllBitsSet, page.Limit };
        var rows = await tx.QueryAsync<OrderRow>(SelectOrders, parameters, ct);
        var hasMore = rows.Count > page.Limit;
        var items = (hasMore ? rows[..page.Limit] : rows).ConvertAll(row => row.ToView());
        return new Output(items, hasMore ? items[^1].OrderId : null);
    }, ct);
}
