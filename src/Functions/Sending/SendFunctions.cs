using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Relais.Platform.Queues;
using Relais.Sending.Overdue;
using Relais.Sending.Pump;
using Relais.Sending.Retries;
using Relais.Sending.Unknown;

namespace Relais.Sending;

internal sealed class SendFunctions(
    SenderPump pump, ResolveUnknownOutcomes unknownOutcomes, SweepSenders sweep, PollOverdueStatuses overdueStatuses, WorkQueues queues)
{
    [Function(nameof(PumpSender))]
    public async Task PumpSender(
        [QueueTrigger(QueueNames.WakeSender)] string senderId,
        FunctionContext invocation,
        [DurableClient] DurableTaskClient durable,
        CancellationToken ct)
    {
        var sender = Guid.Parse(senderId);
        var pumped = await pump.RunAsync(sender, message => RetryMessage.ScheduleAsync(durable, message, CancellationToken.None), ct);

        // The queue message was delivered before, so the previous pump may have died while its lease is still valid. Another wake after the
        // lease has expired saves the sender from waiting for the minute sweep.
        if (!pumped && IsRedelivered(invocation))
        {
            await queues.SendAsync(QueueNames.WakeSender, sender, SenderLeases.Length + TimeSpan.FromSeconds(1), CancellationToken.None);
        }
    }

    [Function(nameof(ResolveUnknownOutcomesOfSender))]
    public async Task ResolveUnknownOutcomesOfSender(
        [QueueTrigger(QueueNames.ResolveUnknownOutcomes)] string senderId, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        var sender = Guid.Parse(senderId);
        var (transitions, more) = await unknownOutcomes.RunAsync(sender, ct);
        foreach (var message in transitions.Where(transition => transition.WaitsForRetry))
        {
            await RetryMessage.ScheduleAsync(durable, message, ct);
        }

        if (transitions.Any(transition => transition.Status == MessageStatus.Pending))
        {
            await queues.SendAsync(QueueNames.WakeSender, sender, null, ct);
        }

        // Messages whose outcome stays unknown are left to the minute sweep.
        if (more)
        {
            await queues.SendAsync(QueueNames.ResolveUnknownOutcomes, sender, null, ct);
        }
    }

    private static bool IsRedelivered(FunctionContext invocation) =>
        invocation.BindingContext.BindingData.TryGetValue("DequeueCount", out var value)
        && int.TryParse(value?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var deliveries)
        && deliveries > 1;

    [Function(nameof(SweepSendersEachMinute))]
    public Task SweepSendersEachMinute([TimerTrigger("0 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken ct) =>
        sweep.RunAsync(ct);

    [Function(nameof(PollOverdueStatusesEachMinute))]
    public async Task PollOverdueStatusesEachMinute(
        [TimerTrigger("45 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        foreach (var message in await overdueStatuses.RunAsync(ct))
        {
            await RetryMessage.ScheduleAsync(durable, message, ct);
        }
    }
}
