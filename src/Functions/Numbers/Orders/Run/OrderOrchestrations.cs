using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Relais.Numbers.Orders.Run;

/// <summary>Starts the orchestration of an order. What is lost here is not lost: <see cref="RestartOrderRuns"/> starts a missing one.</summary>
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
            // it runs: that is what was wanted
        }
        catch (RpcException e)
        {
            Log.NotScheduled(logger, e, orderId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The run of order {OrderId} could not be scheduled; the rescue timer will")]
        public static partial void NotScheduled(ILogger logger, Exception e, Guid orderId);
    }
}
