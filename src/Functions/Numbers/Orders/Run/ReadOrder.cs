using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders.Run;

internal sealed class ReadOrder(TenantDb db)
{
    [Function(nameof(ReadOrder))]
    public Task<OrderProgress> RunAsync([ActivityTrigger] OrderIds ids, CancellationToken ct) =>
        db.RunAsync(ids.TenantId, tx => OrderRows.ProgressAsync(tx, ids, ct), ct);
}
