using System.Threading.Channels;
using Relais.Channels;

namespace Relais.Sending.Pump;

/// <summary>Claimed messages leave here, each at its slot, many under way at once.</summary>
/// <param name="lost">The lease is gone: nothing leaves any more.</param>
internal sealed partial class Departures(
    HeldLease lease, IMessageSender provider, OutcomeRecorder recorder, WorkInHand inHand, int maxInFlight, TimeProvider time, ILogger log, CancellationToken lost)
    : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AnswerPause = TimeSpan.FromMilliseconds(5);
    private readonly PaceWindow pace = Restored(lease);
    private readonly Lock paceLock = new();
    private readonly Channel<(ClaimedMessage Message, long LeaveFrom)> ready = Channel.CreateUnbounded<(ClaimedMessage, long)>();
    private readonly SemaphoreSlim inFlight = new(maxInFlight);

    private TimeSpan Now => time.GetElapsedTime(lease.TakenAt);

    /// <param name="leaveFrom">Timestamp from which its time to leave counts.</param>
    public void Add(ClaimedMessage message, long leaveFrom) => ready.Writer.TryWrite((message, leaveFrom));

    public void Complete() => ready.Writer.TryComplete();

    /// <summary>Until everything has left and come back; then the recorder is told that nothing follows.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var calls = new List<Task>();
        try
        {
            await foreach (var (message, leaveFrom) in ready.Reader.ReadAllAsync(CancellationToken.None))
            {
                await inFlight.WaitAsync(CancellationToken.None);
                var entry = await TakeSlotAsync(lease.Sender.Channel == "sms" ? message.Units : 1, leaveFrom, stop);
                inHand.Left();
                calls.Add(CallAsync(message, entry, leaveFrom));
                if (calls.Count > maxInFlight * 4)
                {
                    calls.RemoveAll(call => call.IsCompletedSuccessfully);
                }
            }

            await Task.WhenAll(calls);
        }
        finally
        {
            recorder.Complete();
        }
    }

    /// <summary>How long the next message would wait; null: only an answer can tell.</summary>
    public TimeSpan? SlotWait()
    {
        lock (paceLock)
        {
            return pace.NextDeparture(1, Now) - Now;
        }
    }

    /// <summary>What still fills the window, for the next holder of the lease.</summary>
    public IReadOnlyList<(TimeSpan Age, int Units)> RecentSends()
    {
        lock (paceLock)
        {
            return [.. pace.Snapshot(Now).Select(entry => (Now - (entry.SeenBy ?? Now), entry.Cost))];
        }
    }

    public void Dispose() => inFlight.Dispose();

    private static PaceWindow Restored(HeldLease lease)
    {
        var pace = new PaceWindow(lease.Sender.Limits.Units, lease.Sender.Limits.Window);
        foreach (var (age, units) in lease.RecentSends)
        {
            pace.Restore(units, -age);
        }

        return pace;
    }

    private bool MayLeave(long leaveFrom) => !lost.IsCancellationRequested && time.GetElapsedTime(leaveFrom) < ClaimMessages.DepartWithin;

    /// <returns>Null: it may not leave any more; its claim is given back.</returns>
    private async Task<PaceWindow.Entry?> TakeSlotAsync(int cost, long leaveFrom, CancellationToken stop)
    {
        while (MayLeave(leaveFrom) && !stop.IsCancellationRequested)
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

            var wait = next is { } slot ? slot - Now : AnswerPause;
            wait = wait < LongestPause ? wait : LongestPause;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }

    /// <summary>A call that throws may have reached the provider: its outcome is unknown, and the others go on.</summary>
    private async Task CallAsync(ClaimedMessage message, PaceWindow.Entry? entry, long leaveFrom)
    {
        SendOutcome outcome = new SendOutcome.Unknown(ErrorCatalogue.NoAnswer);
        var failure = await FaultIsolation.TryAsync(
            async () => outcome = entry is null ? new SendOutcome.Released() : await provider.SendAsync(lease.Sender, message, () => MayLeave(leaveFrom)),
            CancellationToken.None);
        if (failure is not null)
        {
            Log.CallFailed(log, failure, message.Id);
        }

        inFlight.Release();
        Settle(entry, outcome);
        recorder.Add(new Sent(message, outcome, time.GetTimestamp()));
    }

    private void Settle(PaceWindow.Entry? entry, SendOutcome outcome)
    {
        if (entry is null)
        {
            return;
        }

        lock (paceLock)
        {
            if (outcome is SendOutcome.NotSent or SendOutcome.Released)
            {
                pace.Undo(entry);
            }
            else
            {
                pace.Settle(entry, Now);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The call for message {MessageId} failed in a way that tells nothing: its outcome is unknown")]
        public static partial void CallFailed(ILogger log, Exception failure, Guid messageId);
    }
}
