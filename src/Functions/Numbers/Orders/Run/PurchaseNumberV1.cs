using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Relais.Numbers.Orders.Run;

/// <summary>The input of the orchestration and of its activities.</summary>
internal sealed record OrderIds(Guid TenantId, Guid OrderId);

/// <summary>
/// Runs the steps of an order until it ends with a working number, or with nothing bought and nothing stored. The orchestration has no
/// state of its own: the order's row has it, and <see cref="OrderDecision"/> chooses the next step, so a lost or repeated step is harmless.
/// </summary>
internal static class PurchaseNumberV1
{
    private const int StepsPerGeneration = 20;

    private static readonly TaskOptions RetryOptions = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 20,
        firstRetryInterval: TimeSpan.FromSeconds(2),
        backoffCoefficient: 2,
        maxRetryInterval: TimeSpan.FromMinutes(1)));

    [Function(nameof(PurchaseNumberV1))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var ids = context.GetInput<OrderIds>()!;
        var order = await context.CallActivityAsync<OrderProgress>(nameof(ReadOrder), ids, RetryOptions);
        for (var step = 0; step < StepsPerGeneration; step++)
        {
            var next = OrderDecision.ChooseNextStep(order, context.CurrentUtcDateTime);
            switch (next.Kind)
            {
                case OrderStepKind.Buy:
                    order = await context.CallActivityAsync<OrderProgress>(nameof(BuyNumber), ids, RetryOptions);
                    break;
                case OrderStepKind.Connect:
                    order = await context.CallActivityAsync<OrderProgress>(nameof(ConnectNumber), ids, RetryOptions);
                    break;
                case OrderStepKind.Register:
                    order = await context.CallActivityAsync<OrderProgress>(nameof(RegisterSender), ids, RetryOptions);
                    break;
                case OrderStepKind.Undo:
                    order = await context.CallActivityAsync<OrderProgress>(nameof(UndoOrder), ids, RetryOptions);
                    break;
                case OrderStepKind.Wait:
                    await context.CreateTimer(next.Delay, CancellationToken.None);
                    break;
                default:
                    return;
            }
        }

        context.ContinueAsNew(ids);
    }
}
