using System.Threading.Channels;
using Relais.Channels;

namespace Relais.Sending.Pump;

internal sealed record PumpResult(int Sent, bool HasUnknown, TimeSpan? CapFreeIn, IReadOnlyList<(TimeSpan Age, int Units)> RecentSends);

/// <summary>One slice of one pump: claim ahead, depart at the pace, record in groups. The three run side by side.</summary>
internal sealed partial class PumpRun : IDisposable
{
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(500);
    private readonly HeldLease lease;
    private readonly ClaimMessages claims;
    private readonly RecordOutcomes record;
    private readonly SenderLease leases;
    private readonly IMessageSender provider;
    private readonly TimeProvider time;
    private readonly SendingOptions options;
    private readonly ILogger log;
    private readonly PaceWindow pace;
    private readonly Lock paceLock = new();
    private readonly Channel<(ClaimedMessage Message, long ClaimedAt)> ready = Channel.CreateUnbounded<(ClaimedMessage, long)>();
    private readonly Channel<Sent> answered = Channel.CreateUnbounded<Sent>();
    private readonly SemaphoreSlim inFlight;
    private readonly CancellationTokenSource lost = new();
    private readonly long start;
    private readonly int ahead;
    private int waiting;
    private int sent;
    private bool hasUnknown;
    private TimeSpan? capFreeIn;

    public PumpRun(
        HeldLease lease, ClaimMessages claims, RecordOutcomes record, SenderLease leases, IMessageSender provider, TimeProvider time, SendingOptions options, ILogger log)
    {
        (this.lease, this.claims, this.record, this.leases, this.provider, this.time, this.options, this.log) =
            (lease, claims, record, leases, provider, time, options, log);
        var limits = lease.Sender.Limits;
        start = lease.TakenAt;
        pace = new PaceWindow(limits.Units, limits.Window);
        foreach (var (age, units) in lease.RecentSends)
        {
            pace.Restore(units, -age);
        }

        inFlight = new SemaphoreSlim(options.MaxInFlight);
        ahead = (int)Math.Clamp(limits.Units / limits.Window.TotalSeconds, 1, options.MaxClaim);
    }

    private TimeSpan Now => time.GetElapsedTime(start);

    public async Task<PumpResult> RunAsync(Func<Moved, Task> retryLater, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, lost.Token);
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(done.Token);
        var recording = RecordAsync(retryLater);
        var departing = DepartAsync(stop.Token);
        try
        {
            await ClaimAsync(stop.Token);
        }
        finally
        {
            ready.Writer.Complete();
            await departing;
            await recording;
            await done.CancelAsync();
            await renewing;
        }

        lock (paceLock)
        {
            return new PumpResult(sent, hasUnknown, capFreeIn, [.. pace.Snapshot(Now).Select(entry => (Now - (entry.SeenBy ?? Now), entry.Cost))]);
        }
    }

    private async Task ClaimAsync(CancellationToken stop)
    {
        var idle = false;
        while (!stop.IsCancellationRequested && Now < options.Slice)
        {
            if (Volatile.Read(ref waiting) > ahead / 2)
            {
                await PauseAsync(TimeSpan.FromMilliseconds(5), stop);
                continue;
            }

            var claim = await claims.RunAsync(lease, Math.Max(1, ahead - waiting), CancellationToken.None);
            if (claim.LeaseLost)
            {
                await lost.CancelAsync();
                return;
            }

            capFreeIn = claim.CapFreeIn;
            foreach (var message in claim.Messages)
            {
                Interlocked.Increment(ref waiting);
                ready.Writer.TryWrite((message, time.GetTimestamp()));
            }

            if (claim.Judged > 0)
            {
                idle = false;
                continue;
            }

            if (idle || claim.CapFreeIn is not null)
            {
                return;
            }

            // one more look after a moment is cheaper than a new wake
            idle = true;
            await PauseAsync(IdleWait, stop);
        }
    }

    private async Task DepartAsync(CancellationToken stop)
    {
        var calls = new List<Task>();
        await foreach (var (message, claimedAt) in ready.Reader.ReadAllAsync(CancellationToken.None))
        {
            var cost = lease.Sender.Channel == "sms" ? message.Units : 1;
            await inFlight.WaitAsync(CancellationToken.None);
            var entry = await TakeSlotAsync(cost, claimedAt, stop);
            Interlocked.Decrement(ref waiting);
            if (entry is null)
            {
                inFlight.Release();
                await answered.Writer.WriteAsync(new Sent(message, new SendOutcome.Released(), time.GetTimestamp()), CancellationToken.None);
                continue;
            }

            calls.Add(CallAsync(message, entry));
            if (calls.Count > options.MaxInFlight * 4)
            {
                calls.RemoveAll(call => call.IsCompletedSuccessfully);
            }
        }

        await Task.WhenAll(calls);
        answered.Writer.Complete();
    }

    /// <returns>Null: it may not leave any more; its claim is given back.</returns>
    private async Task<PaceWindow.Entry?> TakeSlotAsync(int cost, long claimedAt, CancellationToken stop)
    {
        while (!lost.IsCancellationRequested && !stop.IsCancellationRequested && time.GetElapsedTime(claimedAt) < ClaimMessages.DepartWithin)
        {
            TimeSpan? next;
            lock (paceLock)
            {
                next = pace.NextDeparture(cost, Now);
                if (next <= Now)
                {
                    return pace.Depart(cost, Now);
                }
            }

            var wait = (next ?? Now + TimeSpan.FromMilliseconds(5)) - Now;
            await PauseAsync(wait < IdleWait ? wait : IdleWait, stop);
        }

        return null;
    }

    private async Task CallAsync(ClaimedMessage message, PaceWindow.Entry entry)
    {
        var outcome = await provider.SendAsync(lease.Sender, message, CancellationToken.None);
        lock (paceLock)
        {
            if (outcome is SendOutcome.NotSent)
            {
                pace.Undo(entry);
            }
            else
            {
                pace.Settle(entry, Now);
            }
        }

        inFlight.Release();
        await answered.Writer.WriteAsync(new Sent(message, outcome, time.GetTimestamp()), CancellationToken.None);
    }

    private async Task RecordAsync(Func<Moved, Task> retryLater)
    {
        while (await answered.Reader.WaitToReadAsync())
        {
            var group = new List<Sent>();
            while (group.Count < options.MaxClaim && answered.Reader.TryRead(out var one))
            {
                group.Add(one);
            }

            sent += group.Count(one => one.Outcome is SendOutcome.Accepted);
            hasUnknown |= group.Exists(one => one.Outcome is SendOutcome.Unknown);
            foreach (var retry in await WriteAsync(group))
            {
                await retryLater(retry);
            }
        }
    }

    /// <summary>The calls were made: their outcomes are worth waiting for the database. What is lost all the same, callbacks and settlement find.</summary>
    private async Task<IReadOnlyList<Moved>> WriteAsync(List<Sent> group)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await record.RunAsync(lease.Sender, group, CancellationToken.None);
            }
            catch (Npgsql.NpgsqlException failure) when (failure.IsTransient && attempt < 20)
            {
                Log.RecordFailed(log, failure, group.Count, attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(100 << attempt, 5000)), time, CancellationToken.None);
            }
        }
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
                    await lost.CancelAsync();
                    return;
                }
            }
            catch (Npgsql.NpgsqlException failure)
            {
                Log.RenewFailed(log, failure);
            }
        }
    }

    private async Task PauseAsync(TimeSpan wait, CancellationToken stop)
    {
        try
        {
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), time, stop);
        }
        catch (OperationCanceledException)
        {
            // the caller's loop ends by its own condition
        }
    }

    public void Dispose()
    {
        inFlight.Dispose();
        lost.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Recording {Count} outcomes failed, attempt {Attempt}")]
        public static partial void RecordFailed(ILogger log, Exception failure, int count, int attempt);

        [LoggerMessage(2, LogLevel.Warning, "The lease of the sender was lost")]
        public static partial void LeaseLost(ILogger log);

        [LoggerMessage(3, LogLevel.Warning, "Renewing the lease failed")]
        public static partial void RenewFailed(ILogger log, Exception failure);
    }
}
