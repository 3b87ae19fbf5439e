using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Relais.Numbers.Orders.Run;

/// <summary>Starts the orchestration of an order. If that fails, <see cref="RecoverOrders"/> starts it within a minute.</summary>
internal sealed partial class OrderOrchestrations(ILogger<OrderOrchestrations> logger)
{
    public static string InstanceId(Guid orderId) => $"order-{orderId}";

    public async Task ScheduleAsync(DurableTaskClient client, Guid tenantId, Guid orderId, CancellationToken ct)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(PurchaseNumberV1), new OrderIds(tenantId, orderId), new StartOrchestrationOptions(InstanceId(orderId)), ct);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // The orchestration was started before, for example by a concurrent request.
        }
        catch (RpcException e)
        {
            Log.ScheduleFailed(logger, e, orderId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "The orchestration of order {OrderId} could not be scheduled; RecoverOrders starts it within a minute")]
        public static partial void ScheduleFailed(ILogger logger, Exception e, Guid orderId);
    }
}
