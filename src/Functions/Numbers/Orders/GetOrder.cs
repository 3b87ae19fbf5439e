using Relais.Accounts;
using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders;

internal sealed class GetOrder(TenantDb db)
{
    public Task<Result<OrderView>> RunAsync(Guid tenantId, Guid id, CancellationToken ct) => db.RunAsync<Result<OrderView>>(
        tenantId,
        async tx => await OrderRow.FindAsync(tx, id, ct) is { } order
            ? order.ToView()
            : TelephonyFailures.Create(TelephonyFailures.OrderNotFound),
        ct);
}
