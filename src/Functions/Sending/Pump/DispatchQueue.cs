using System.Threading.Channels;
using Relais.Channels;

namespace Relais.Sending.Pump;

/// <summary>Claimed messages leave here, each at its slot, many under way at once.</summary>
/// <param name="leaseLost">The lease is gone: nothing leaves any more.</param>
internal sealed partial class DispatchQueue(
    HeldLease lease, IMessageSender provider, OutcomeRecorder recorder, InProgressLimit inHand, int maxInFlight, TimeProvider time, ILogger log, CancellationToken leaseLost)
    : IDisposable
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseForAnswer = TimeSpan.FromMilliseconds(5);
    private readonly PaceWindow pace = RestorePace(lease);
    private readonly Lock paceLock = new();
    private readonly Channel<(OutboundMessage Message, long LeaveFrom)> ready = Channel.CreateUnbounded<(OutboundMessage, long)>();
    private readonly SemaphoreSlim inFlight = new(maxInFlight);

    private TimeSpan Now => time.GetElapsedTime(lease.TakenAt);

    /// <param name="deadlineStart">Timestamp from which its time to leave counts.</param>
    public void Add(OutboundMessage message, long deadlineStart) => ready.Writer.TryWrite((message, deadlineStart));

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
                var entry = await WaitForSlotAsync(lease.Sender.Channel == "sms" ? message.Units : 1, leaveFrom, stop);
                inHand.MarkSent();
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
    public TimeSpan? TimeUntilNextSlot()
    {
        lock (paceLock)
        {
            return pace.EarliestSend(1, Now) - Now;
        }
    }

    /// <summary>What still fills the window, for the next holder of the lease.</summary>
    public IReadOnlyList<(TimeSpan Age, int Units)> RecentSends()
    {
        lock (paceLock)
        {
            return [.. pace.Snapshot(Now).Select(entry => (Now - (entry.ReceivedBy ?? Now), entry.Cost))];
        }
    }

    public void Dispose() => inFlight.Dispose();

    private static PaceWindow RestorePace(HeldLease lease)
    {
        var pace = new PaceWindow(lease.Sender.Limits.Units, lease.Sender.Limits.Window);
        foreach (var (age, units) in lease.RecentSends)
        {
            pace.Restore(units, -age);
        }

        return pace;
    }

    private bool CanStillSend(long deadlineStart) => !leaseLost.IsCancellationRequested && time.GetElapsedTime(deadlineStart) < ClaimMessages.SendDeadline;

    /// <returns>Null: it may not leave any more; its claim is given back.</returns>
    private async Task<PaceWindow.Entry?> WaitForSlotAsync(int cost, long deadlineStart, CancellationToken stop)
    {
        while (CanStillSend(deadlineStart) && !stop.IsCancellationRequested)
        {
            TimeSpan? next;
            lock (paceLock)
            {
                next = pace.EarliestSend(cost, Now);
                if (next <= Now)
                {
                    return pace.RecordSend(cost, Now);
                }
            }

            var wait = next is { } slot ? slot - Now : PauseForAnswer;
            wait = wait < MaxPause ? wait : MaxPause;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }

    /// <summary>A call that throws may have reached the provider: its outcome is unknown, and the others go on.</summary>
    private async Task CallAsync(OutboundMessage message, PaceWindow.Entry? entry, long deadlineStart)
    {
        SendOutcome outcome = new SendOutcome.Unknown(SendErrorActions.NoAnswer);
        var failure = await BisectFailures.TryAsync(
            async () => outcome = entry is null ? new SendOutcome.NotSentInTime() : await provider.SendAsync(lease.Sender, message, () => CanStillSend(deadlineStart)),
            CancellationToken.None);
        if (failure is not null)
        {
            Log.CallFailed(log, failure, message.Id);
        }

        inFlight.Release();
        RecordOutcome(entry, outcome);
        recorder.Add(new CompletedCall(message, outcome, time.GetTimestamp()));
    }

    private void RecordOutcome(PaceWindow.Entry? entry, SendOutcome outcome)
    {
        if (entry is null)
        {
            return;
        }

        lock (paceLock)
        {
            if (outcome is SendOutcome.NotSent or SendOutcome.NotSentInTime)
            {
                pace.CancelSend(entry);
            }
            else
            {
                pace.RecordAnswer(entry, Now);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The call for message {MessageId} failed in a way that tells nothing: its outcome is unknown")]
        public static partial void CallFailed(ILogger log, Exception failure, Guid messageId);
    }
}
