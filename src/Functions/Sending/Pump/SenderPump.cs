using Relais.Channels;
using Relais.Platform.Queues;

namespace Relais.Sending.Pump;

/// <summary>Sends one sender's due messages at its pace for a bounded time, under its lease, then says when to come back.</summary>
internal sealed partial class SenderPump(
    SenderLease leases,
    ClaimMessages claims,
    RecordOutcomes outcomes,
    ReleaseSenderLease release,
    IMessageSender provider,
    WorkQueues queues,
    TimeProvider time,
    SendingOptions options,
    SendingMetrics measures,
    ILogger<SenderPump> log)
{
    // absence at the provider is believed only when nothing of the attempt can still be on its way
    public static readonly TimeSpan UnknownResolutionDelay = ClaimMessages.SendDeadline * 3;

    /// <param name="scheduleRetry">Told of messages that wait for a retry.</param>
    /// <returns>False when another pump has the sender.</returns>
    public async Task<bool> RunAsync(Guid senderId, Func<AppliedTransition, Task> scheduleRetry, CancellationToken ct)
    {
        var lease = await leases.TryAcquireAsync(senderId, ct);
        if (lease is null)
        {
            return false;
        }

        using var scope = log.BeginScope(new Dictionary<string, object> { ["SenderId"] = senderId, ["TenantId"] = lease.Sender.TenantId });
        var inHand = new InProgressLimit(options.MaxInProgress);
        Task SettleLaterAsync() => queues.SendAsync(QueueNames.ResolveUnknownOutcomes, senderId, UnknownResolutionDelay, CancellationToken.None);
        var recorder = new OutcomeRecorder(lease.Sender, outcomes, scheduleRetry, SettleLaterAsync, inHand, measures, options.MaxInProgress, time, log);
        var claimed = new ClaimWithRetry(lease, claims, inHand, measures, time, log);
        using var run = new PumpRun(lease, claimed, leases, provider, recorder, inHand, time, options, log);
        var result = await run.RunAsync(ct);

        // a stop asked from outside must still give the sender back
        var next = await release.RunAsync(lease, result.RecentSends, claimed.Excluded, CancellationToken.None);
        if (result.NotBefore is { } wait && next < wait)
        {
            next = wait;
        }

        if (lease.HasUnknownOutcomes)
        {
            await SettleLaterAsync();
        }

        if (next is { } delay && delay < SweepInterval)
        {
            await queues.SendAsync(QueueNames.WakeSender, senderId, delay, CancellationToken.None);
        }

        Log.Done(log, result.Sent, next);
        return true;
    }

    // what is due later than that is the minute sweep's
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Sender pump sent {Sent}, next work in {Next}")]
        public static partial void Done(ILogger log, int sent, TimeSpan? next);
    }
}
