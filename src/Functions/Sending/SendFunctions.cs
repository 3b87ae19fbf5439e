using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Relais.Platform.Queues;
using Relais.Sending.Overdue;
using Relais.Sending.Pump;
using Relais.Sending.Retries;
using Relais.Sending.Unknown;

namespace Relais.Sending;

internal sealed class SendFunctions(SenderPump pump, ResolveUnknownOutcomes settle, SweepSenders sweep, PollOverdueStatuses overdue, WorkQueues queues)
{
    [Function(nameof(PumpSender))]
    public async Task PumpSender(
        [QueueTrigger(QueueNames.WakeSender)] string senderId, FunctionContext invocation, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        var sender = Guid.Parse(senderId);
        var pumped = await pump.RunAsync(sender, message => RetryMessage.ScheduleAsync(durable, message, CancellationToken.None), ct);

        // The pump that had this message before may have died with its worker. Its lease outlives it, and without another wake the sender
        // would wait for the minute sweep.
        if (!pumped && IsRedelivered(invocation))
        {
            await queues.SendAsync(QueueNames.WakeSender, sender, SenderLease.Length + TimeSpan.FromSeconds(1), CancellationToken.None);
        }
    }

    [Function(nameof(ResolveUnknownOutcomesOfSender))]
    public async Task ResolveUnknownOutcomesOfSender(
        [QueueTrigger(QueueNames.ResolveUnknownOutcomes)] string senderId, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        var sender = Guid.Parse(senderId);
        var (moved, more) = await settle.RunAsync(sender, ct);
        foreach (var message in moved.Where(move => move.WaitsForRetry))
        {
            await RetryMessage.ScheduleAsync(durable, message, ct);
        }

        if (moved.Any(move => move.Status == "pending"))
        {
            await queues.SendAsync(QueueNames.WakeSender, sender, null, ct);
        }

        // what stays open is the minute sweep's
        if (more)
        {
            await queues.SendAsync(QueueNames.ResolveUnknownOutcomes, sender, null, ct);
        }
    }

    private static bool IsRedelivered(FunctionContext invocation) =>
        invocation.BindingContext.BindingData.TryGetValue("DequeueCount", out var count) && count?.ToString() is not (null or "0" or "1");

    [Function(nameof(SweepSendersEachMinute))]
    public Task SweepSendersEachMinute([TimerTrigger("0 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken ct) => sweep.RunAsync(ct);

    [Function(nameof(PollOverdueStatusesEachMinute))]
    public async Task PollOverdueStatusesEachMinute([TimerTrigger("45 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        foreach (var message in await overdue.RunAsync(ct))
        {
            await RetryMessage.ScheduleAsync(durable, message, ct);
        }
    }
}
