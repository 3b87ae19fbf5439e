using Microsoft.Azure.Functions.Worker;
using Relais.Platform.Database;

namespace Relais.Numbers.Orders.Run;

/// <summary>Reads the progress at the start of the orchestration, which may continue an order that has begun.</summary>
internal sealed class ReadOrder(TenantDb db)
{
    [Function(nameof(ReadOrder))]
    public Task<OrderProgress> RunAsync([ActivityTrigger] OrderIds ids, CancellationToken ct) =>
        db.RunAsync(ids.TenantId, tx => OrderRow.ReadProgressAsync(tx, ids.OrderId, ct), ct);
}
