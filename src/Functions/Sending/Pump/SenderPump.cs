using Relais.Channels;
using Relais.Platform.Queues;

namespace Relais.Sending.Pump;

/// <summary>Sends one sender's due messages at its pace for a bounded time, under its lease, then says when to come back.</summary>
internal sealed partial class SenderPump(
    SenderLease leases,
    ClaimMessages claims,
    RecordOutcomes outcomes,
    ReleaseSender release,
    IMessageSender provider,
    WorkQueues queues,
    TimeProvider time,
    SendingOptions options,
    SendingMeasures measures,
    ILogger<SenderPump> log)
{
    // absence at the provider is believed only when nothing of the attempt can still be on its way
    public static readonly TimeSpan SettleAfter = ClaimMessages.DepartWithin * 3;

    /// <param name="retryLater">Told of messages that wait for a retry.</param>
    /// <returns>False when another pump has the sender.</returns>
    public async Task<bool> RunAsync(Guid senderId, Func<Moved, Task> retryLater, CancellationToken ct)
    {
        var lease = await leases.TakeAsync(senderId, ct);
        if (lease is null)
        {
            return false;
        }

        using var scope = log.BeginScope(new Dictionary<string, object> { ["SenderId"] = senderId, ["TenantId"] = lease.Sender.TenantId });
        var inHand = new WorkInHand(options.MaxClaim);
        Task SettleLaterAsync() => queues.SendAsync(QueueNames.SettleUnknown, senderId, SettleAfter, CancellationToken.None);
        var recorder = new OutcomeRecorder(lease.Sender, outcomes, retryLater, SettleLaterAsync, inHand, measures, options.MaxClaim, time, log);
        var claimed = new Claims(lease, claims, inHand, measures, time, log);
        using var run = new PumpRun(lease, claimed, leases, provider, recorder, inHand, time, options, log);
        var result = await run.RunAsync(ct);

        // a stop asked from outside must still give the sender back
        var next = await release.RunAsync(lease, result.RecentSends, claimed.SetAside, CancellationToken.None);
        if (result.NotBefore is { } wait && next < wait)
        {
            next = wait;
        }

        if (lease.FoundUnknown)
        {
            await SettleLaterAsync();
        }

        if (next is { } delay && delay < SweptAfter)
        {
            await queues.SendAsync(QueueNames.WakeSender, senderId, delay, CancellationToken.None);
        }

        Log.Done(log, result.Sent, next);
        return true;
    }

    // what is due later than that is the minute sweep's
    private static readonly TimeSpan SweptAfter = TimeSpan.FromMinutes(1);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Sender pump sent {Sent}, next work in {Next}")]
        public static partial void Done(ILogger log, int sent, TimeSpan? next);
    }
}
