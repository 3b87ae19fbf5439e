using Npgsql;
using Relais.Channels;

namespace Relais.Sending.Pump;

/// <summary>
/// One run of a pump. It claims messages ahead, sends them at the sender's pace and records outcomes in groups. The three parts run
/// concurrently, with a limited number of messages in progress.
/// </summary>
internal sealed partial class PumpRun : IDisposable
{
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AnswerPause = TimeSpan.FromMilliseconds(5);

    // Nothing is claimed while the next slot is further away than this, so that a crash leaves fewer messages with an unknown outcome.
    private static readonly TimeSpan MaxSlotWait = TimeSpan.FromSeconds(5);
    private readonly HeldLease lease;
    private readonly ClaimWithRetry claims;
    private readonly SenderLeases leases;
    private readonly OutcomeQueue recorder;
    private readonly InProgressLimit inProgress;
    private readonly DispatchQueue dispatch;
    private readonly TimeProvider time;
    private readonly SendingOptions options;
    private readonly ILogger log;
    private readonly CancellationTokenSource leaseLost = new();
    private readonly int claimBatchSize;
    private readonly int smallestClaim;
    private TimeSpan? nextSendIn;

    public PumpRun(
        HeldLease lease,
        ClaimWithRetry claims,
        SenderLeases leases,
        IMessageSender provider,
        OutcomeQueue recorder,
        InProgressLimit inProgress,
        TimeProvider time,
        SendingOptions options,
        ILogger log)
    {
        (this.lease, this.claims, this.leases, this.recorder, this.inProgress) = (lease, claims, leases, recorder, inProgress);
        (this.time, this.options, this.log) = (time, options, log);
        var limits = lease.Sender.Limits;
        dispatch = new DispatchQueue(lease, provider, recorder, inProgress, options.MaxInFlight, time, log, leaseLost.Token);
        claimBatchSize = (int)Math.Clamp(limits.Units / limits.Window.TotalSeconds, 1, options.MaxInProgress);
        smallestClaim = Math.Max(1, Math.Min(claimBatchSize / 2, options.MaxInProgress / 4));
    }

    private TimeSpan Now => time.GetElapsedTime(lease.AcquiredAt);

    public async Task<PumpResult> RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, leaseLost.Token);
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(done.Token);
        var recording = recorder.RunAsync();
        var sending = dispatch.RunAsync(stop.Token);
        try
        {
            await ClaimUntilIdleAsync(recording, stop.Token);
        }
        finally
        {
            // The renewal must end after any failure, or this pump would hold the lease for ever.
            dispatch.Complete();
            try
            {
                await sending;
                await recording;
            }
            finally
            {
                await done.CancelAsync();
                await renewing;
            }
        }

        return new PumpResult(recorder.Accepted, nextSendIn, dispatch.RecentSends());
    }

    private async Task ClaimUntilIdleAsync(Task recording, CancellationToken stop)
    {
        var wasIdle = false;
        while (!stop.IsCancellationRequested && !recording.IsCompleted && Now < options.PumpDuration)
        {
            // The wait is short, because the lease or the run may end meanwhile.
            var room = inProgress.WaitForFreeSlotsAsync(claimBatchSize / 2, smallestClaim);
            if (!room.IsCompleted)
            {
                await room.WaitAsync(MaxPause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            var slot = dispatch.TimeUntilNextSlot();
            if (slot > MaxSlotWait)
            {
                nextSendIn = slot;
                return;
            }

            if (slot is null && lease.Sender.Limits.Window > MaxSlotWait)
            {
                // The length of the wait depends on an answer that is still awaited.
                await PauseAsync(AnswerPause, stop);
                continue;
            }

            // The send deadline counts from before the claim, because its commit may be old when the database's answer arrives.
            var deadlineStart = time.GetTimestamp();
            var claim = await ClaimBatchAsync(deadlineStart);
            if (claim.LeaseLost)
            {
                await leaseLost.CancelAsync();
                return;
            }

            nextSendIn = claim.DailyQuotaFreeIn;
            if (claim.Examined > 0)
            {
                wasIdle = false;
                continue;
            }

            if (wasIdle || claim.DailyQuotaFreeIn is not null)
            {
                return;
            }

            // A second claim after a short pause is cheaper than another wake.
            wasIdle = true;
            await PauseAsync(IdleWait, stop);
        }
    }

    private async Task<Claim> ClaimBatchAsync(long deadlineStart)
    {
        var limit = Math.Max(1, Math.Min(claimBatchSize - inProgress.QueuedCount, inProgress.FreeSlots));
        inProgress.Reserve(limit);
        var claim = await claims.RunAsync(limit);
        inProgress.MarkClaimed(claim.Messages.Count, limit - claim.Messages.Count);
        foreach (var message in claim.Messages)
        {
            dispatch.Add(message, deadlineStart);
        }

        return claim;
    }

    private async Task RenewAsync(CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            await PauseAsync(SenderLeases.Length / 4, done);
            try
            {
                if (!done.IsCancellationRequested && !await leases.RenewAsync(lease, CancellationToken.None))
                {
                    Log.LeaseLost(log);
                    await leaseLost.CancelAsync();
                    return;
                }
            }
            catch (NpgsqlException failure)
            {
                Log.RenewFailed(log, failure);
            }
        }
    }

    private async Task PauseAsync(TimeSpan wait, CancellationToken stop) =>
        await Task.Delay(wait, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Dispose()
    {
        dispatch.Dispose();
        leaseLost.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The lease of the sender was lost: the pump stops")]
        public static partial void LeaseLost(ILogger log);

        [LoggerMessage(2, LogLevel.Warning, "Renewing the lease of the sender failed: it is tried again")]
        public static partial void RenewFailed(ILogger log, Exception failure);
    }
}
