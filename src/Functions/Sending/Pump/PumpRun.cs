using Npgsql;
using Relais.Channels;

namespace Relais.Sending.Pump;

/// <summary>What one slice came to.</summary>
/// <param name="NotBefore">Nothing can be sent sooner, by the tenant's day or by the pace.</param>
internal sealed record PumpResult(int Sent, TimeSpan? NotBefore, IReadOnlyList<(TimeSpan Age, int Units)> RecentSends);

/// <summary>One slice of one pump: claim ahead, depart at the pace, record in groups. The three run side by side, with a bounded number of messages in hand.</summary>
internal sealed partial class PumpRun : IDisposable
{
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AnswerPause = TimeSpan.FromMilliseconds(5);

    // a claimed message that waits longer than this for its slot had better wait unclaimed
    private static readonly TimeSpan MaxSlotWait = TimeSpan.FromSeconds(5);
    private readonly HeldLease lease;
    private readonly ClaimWithRetry claims;
    private readonly SenderLease leases;
    private readonly OutcomeRecorder recorder;
    private readonly InProgressLimit inHand;
    private readonly DispatchQueue dispatch;
    private readonly TimeProvider time;
    private readonly SendingOptions options;
    private readonly ILogger log;
    private readonly CancellationTokenSource leaseLost = new();
    private readonly int claimBatchSize;
    private readonly int smallestClaim;
    private TimeSpan? notBefore;

    public PumpRun(
        HeldLease lease, ClaimWithRetry claims, SenderLease leases, IMessageSender provider, OutcomeRecorder recorder, InProgressLimit inHand, TimeProvider time,
        SendingOptions options, ILogger log)
    {
        (this.lease, this.claims, this.leases, this.recorder, this.inHand) = (lease, claims, leases, recorder, inHand);
        (this.time, this.options, this.log) = (time, options, log);
        var limits = lease.Sender.Limits;
        dispatch = new DispatchQueue(lease, provider, recorder, inHand, options.MaxInFlight, time, log, leaseLost.Token);
        claimBatchSize = (int)Math.Clamp(limits.Units / limits.Window.TotalSeconds, 1, options.MaxInProgress);
        smallestClaim = Math.Max(1, Math.Min(claimBatchSize / 2, options.MaxInProgress / 4));
    }

    private TimeSpan Now => time.GetElapsedTime(lease.TakenAt);

    public async Task<PumpResult> RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, leaseLost.Token);
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(done.Token);
        var recording = recorder.RunAsync();
        var departing = dispatch.RunAsync(stop.Token);
        try
        {
            await ClaimAsync(recording, stop.Token);
        }
        finally
        {
            // whatever fails, the lease is not renewed for ever
            dispatch.Complete();
            try
            {
                await departing;
                await recording;
            }
            finally
            {
                await done.CancelAsync();
                await renewing;
            }
        }

        return new PumpResult(recorder.Accepted, notBefore, dispatch.RecentSends());
    }

    private async Task ClaimAsync(Task recording, CancellationToken stop)
    {
        var idle = false;
        while (!stop.IsCancellationRequested && !recording.IsCompleted && Now < options.PumpDuration)
        {
            // the pause is bounded, because the lease or the slice may end meanwhile
            var room = inHand.WaitForFreeSlotsAsync(claimBatchSize / 2, smallestClaim);
            if (!room.IsCompleted)
            {
                await room.WaitAsync(MaxPause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            var slot = dispatch.TimeUntilNextSlot();
            if (slot > MaxSlotWait)
            {
                notBefore = slot;
                return;
            }

            if (slot is null && lease.Sender.Limits.Window > MaxSlotWait)
            {
                // only the answer that is awaited tells how long the wait will be
                await PauseAsync(AnswerPause, stop);
                continue;
            }

            // the time to leave counts from before the claim: its commit may be old when its answer comes
            var leaveFrom = time.GetTimestamp();
            var claim = await ClaimAsync(leaveFrom);
            if (claim.LeaseLost)
            {
                await leaseLost.CancelAsync();
                return;
            }

            notBefore = claim.DailyQuotaFreeIn;
            if (claim.Examined > 0)
            {
                idle = false;
                continue;
            }

            if (idle || claim.DailyQuotaFreeIn is not null)
            {
                return;
            }

            // one more look after a moment is cheaper than a new wake
            idle = true;
            await PauseAsync(IdleWait, stop);
        }
    }

    private async Task<Claim> ClaimAsync(long leaveFrom)
    {
        var limit = Math.Max(1, Math.Min(claimBatchSize - inHand.QueuedCount, inHand.FreeSlots));
        inHand.Reserve(limit);
        var claim = await claims.RunAsync(limit);
        inHand.MarkClaimed(claim.Messages.Count, limit - claim.Messages.Count);
        foreach (var message in claim.Messages)
        {
            dispatch.Add(message, leaveFrom);
        }

        return claim;
    }

    private async Task RenewAsync(CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            await PauseAsync(SenderLease.Length / 4, done);
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
        [LoggerMessage(1, LogLevel.Warning, "The lease of the sender was lost")]
        public static partial void LeaseLost(ILogger log);

        [LoggerMessage(2, LogLevel.Warning, "Renewing the lease failed")]
        public static partial void RenewFailed(ILogger log, Exception failure);
    }
}
