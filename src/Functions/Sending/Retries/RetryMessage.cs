using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Relais.Platform.Database;
using Relais.Platform.Queues;

namespace Relais.Sending.Retries;

/// <summary>Waits for the delay of a retry as an orchestration, so that no function sleeps, then requeues the message.</summary>
internal sealed class RetryMessage(SystemDb db, WorkQueues queues, TimeProvider time)
{
    // due_at stays as it is: if the timer fires early, the message is pending but not due yet.
    private const string SetPending = """
        update messages set status = 'pending', wait_reason = null
        where id = @MessageId and attempt = @Attempt and status = 'retry'
        returning sender_id, due_at
        """;

    internal sealed record Input(Guid MessageId, int Attempt, DateTime DueAt);

    /// <summary>
    /// Repeated calls are harmless, because the instance id names the message and its attempt. A failed call is harmless too, because the
    /// minute sweep requeues overdue retries.
    /// </summary>
    public static async Task ScheduleAsync(DurableTaskClient durable, AppliedTransition message, CancellationToken ct)
    {
        var instance = $"retry-{message.Id:N}-{message.Attempt}";
        try
        {
            if (await durable.GetInstanceAsync(instance, getInputsAndOutputs: false, ct) is null)
            {
                var input = new Input(message.Id, message.Attempt, message.DueAt);
                await durable.ScheduleNewOrchestrationInstanceAsync(
                    nameof(RetryMessageV1), input, new StartOrchestrationOptions(instance), ct);
            }
        }
        catch (Exception failure) when (failure is OrchestrationAlreadyExistsException or RpcException)
        {
            // Another call has scheduled the retry, or the minute sweep requeues the message.
        }
    }

    [Function(nameof(RetryMessageV1))]
    public static async Task RetryMessageV1([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<Input>()!;
        await context.CreateTimer(input.DueAt, CancellationToken.None);
        var policy = new RetryPolicy(10, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(5));
        await context.CallActivityAsync(nameof(RequeueMessage), input, TaskOptions.FromRetryPolicy(policy));
    }

    [Function(nameof(RequeueMessage))]
    public async Task RequeueMessage([ActivityTrigger] Input input, CancellationToken ct)
    {
        var requeued = await db.RunAsync(tx => tx.QueryOneAsync<RequeuedRow>(SetPending, new { input.MessageId, input.Attempt }, ct), ct);
        if (requeued is not null)
        {
            await queues.SendAsync(QueueNames.WakeSender, requeued.SenderId, requeued.DueAt - time.GetUtcNow().UtcDateTime, ct);
        }
    }

    private sealed record RequeuedRow
    {
        public required Guid SenderId { get; init; }
        public required DateTime DueAt { get; init; }
    }
}
