using Relais.Platform.Database;
using Relais.Platform.Http;

namespace Relais.Numbers.Orders;

/// <summary>Newest first; ids are in the order of creation.</summary>
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
        var rows = await tx.QueryAsync<OrderRow>(SelectOrders, new { TenantId = tenantId, Before = page.After ?? Guid.AllBitsSet, page.Limit }, ct);
        var more = rows.Count > page.Limit;
        var shown = (more ? rows[..page.Limit] : rows).ConvertAll(row => row.ToView());
        return new Output(shown, more ? shown[^1].OrderId : null);
    }, ct);
}
