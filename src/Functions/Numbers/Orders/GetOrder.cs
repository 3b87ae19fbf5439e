using Relais.Accounts;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders;

internal sealed class GetOrder(TenantDb db)
{
    private const string SelectOrder = $"select {OrderRow.Columns} from number_orders where id = @Id";

    public Task<Result<OrderView>> RunAsync(Guid tenantId, Guid id, CancellationToken ct) => db.RunAsync<Result<OrderView>>(
        tenantId,
        async tx => await tx.QueryOneAsync<OrderRow>(SelectOrder, new { Id = id }, ct) is { } order
            ? order.ToView()
            : TelephonyFailures.Create(TelephonyFailures.OrderNotFound),
        ct);
}
