using Relais.Channels;
using Relais.Platform.Queues;

namespace Relais.Sending.Pump;

/// <summary>Sends the due messages of one sender at its pace for a limited time, under its lease, and queues the next wake.</summary>
internal sealed partial class SenderPump(
    SenderLeases leases,
    ClaimMessages claims,
    RecordOutcomes outcomes,
    ReleaseSenderLease release,
    IMessageSender provider,
    WorkQueues queues,
    TimeProvider time,
    SendingOptions options,
    SendingMetrics metrics,
    ILogger<SenderPump> log)
{
    /// <summary>
    /// The age of an attempt from which it can be looked up at the provider. Before that its request may still be on its way, and a list
    /// without it proves nothing.
    /// </summary>
    public static readonly TimeSpan UnknownResolutionDelay = ClaimMessages.SendDeadline * 3;

    // Messages that are due later than this are left to the minute sweep.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    /// <param name="scheduleRetry">Called for each message that waits for a retry.</param>
    /// <param name="ct">Stops the sending; outcomes are still recorded.</param>
    /// <returns>False when the lease could not be acquired, for example because another pump holds it.</returns>
    public async Task<bool> RunAsync(Guid senderId, Func<AppliedTransition, Task> scheduleRetry, CancellationToken ct)
    {
        var lease = await leases.TryAcquireAsync(senderId, ct);
        if (lease is null)
        {
            return false;
        }

        using var scope = log.BeginScope(new Dictionary<string, object> { ["SenderId"] = senderId, ["TenantId"] = lease.Sender.TenantId });
        var inProgress = new InProgressLimit(options.MaxInProgress);
        Task QueueUnknownResolutionAsync() =>
            queues.SendAsync(QueueNames.ResolveUnknownOutcomes, senderId, UnknownResolutionDelay, CancellationToken.None);
        var recorder = new OutcomeQueue(
            lease.Sender, outcomes, scheduleRetry, QueueUnknownResolutionAsync, inProgress, metrics, options.MaxInProgress, time, log);
        var claimWithRetry = new ClaimWithRetry(lease, claims, inProgress, metrics, time, log);
        using var run = new PumpRun(lease, claimWithRetry, leases, provider, recorder, inProgress, time, options, log);
        var result = await run.RunAsync(ct);

        // The lease must be released even when the host stops, so the release ignores the cancellation.
        var next = await release.RunAsync(lease, result.RecentSends, claimWithRetry.Excluded, CancellationToken.None);
        if (result.NextSendIn is { } wait && next < wait)
        {
            next = wait;
        }

        if (lease.HasUnknownOutcomes)
        {
            await QueueUnknownResolutionAsync();
        }

        if (next is { } delay && delay < SweepInterval)
        {
            await queues.SendAsync(QueueNames.WakeSender, senderId, delay, CancellationToken.None);
        }

        Log.Done(log, result.Accepted, next);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Sender pump sent {Sent}, next work in {Next}")]
        public static partial void Done(ILogger log, int sent, TimeSpan? next);
    }
}
