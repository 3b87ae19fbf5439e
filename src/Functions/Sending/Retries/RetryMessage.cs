using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Relais.Platform.Database;
using Relais.Platform.Queues;

namespace Relais.Sending.Retries;

/// <summary>Waits out a retry's delay as an orchestration, so that no function sleeps; then puts the message back.</summary>
internal sealed class RetryMessage(SystemDb db, WorkQueues queues, TimeProvider time)
{
    // due_at stays: a timer that fires early puts back a message that still waits its time
    private const string SetPending = """
        update messages set status = 'pending', wait_reason = null
        where id = @MessageId and attempt = @Attempt and status = 'retry'
        returning sender_id, due_at
        """;

    internal sealed record Input(Guid MessageId, int Attempt, DateTime DueAt);

    /// <summary>
    /// Harmless when repeated, for the instance id names the message and its attempt; and when it fails, for the minute sweep puts
    /// back what is overdue.
    /// </summary>
    public static async Task ScheduleAsync(DurableTaskClient durable, AppliedTransition message, CancellationToken ct)
    {
        var instance = $"retry-{message.Id:N}-{message.Attempt}";
        try
        {
            if (await durable.GetInstanceAsync(instance, getInputsAndOutputs: false, ct) is null)
            {
                await durable.ScheduleNewOrchestrationInstanceAsync(
                    nameof(RetryMessageV1), new Input(message.Id, message.Attempt, message.DueAt), new StartOrchestrationOptions(instance), ct);
            }
        }
        catch (Exception failure) when (failure is OrchestrationAlreadyExistsException or RpcException)
        {
            // scheduled by somebody else, or left to the sweep
        }
    }

    [Function(nameof(RetryMessageV1))]
    public static async Task RetryMessageV1([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<Input>()!;
        await context.CreateTimer(input.DueAt, CancellationToken.None);
        await context.CallActivityAsync(nameof(RequeueMessage), input, TaskOptions.FromRetryPolicy(new RetryPolicy(10, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(5))));
    }

    [Function(nameof(RequeueMessage))]
    public async Task RequeueMessage([ActivityTrigger] Input input, CancellationToken ct)
    {
        var back = await db.RunAsync(tx => tx.QueryOneAsync<BackRow>(SetPending, new { input.MessageId, input.Attempt }, ct), ct);
        if (back is not null)
        {
            await queues.SendAsync(QueueNames.WakeSender, back.SenderId, back.DueAt - time.GetUtcNow().UtcDateTime, ct);
        }
    }

    private sealed record BackRow
    {
        public required Guid SenderId { get; init; }
        public required DateTime DueAt { get; init; }
    }
}
