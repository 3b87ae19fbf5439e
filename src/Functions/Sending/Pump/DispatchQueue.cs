using System.Threading.Channels;
using Relais.Channels;
using Relais.Platform;

namespace Relais.Sending.Pump;

/// <summary>Sends claimed messages, each at its slot of the sender's pace, with many calls in flight.</summary>
/// <param name="recorder">Gets the outcome of each call.</param>
/// <param name="maxInFlight">The maximum number of concurrent calls.</param>
/// <param name="leaseLost">Cancelled when the lease is lost; after that nothing is sent.</param>
internal sealed partial class DispatchQueue(
    HeldLease lease,
    IMessageSender provider,
    OutcomeQueue recorder,
    InProgressLimit inProgress,
    int maxInFlight,
    TimeProvider time,
    ILogger log,
    CancellationToken leaseLost)
    : IDisposable
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AnswerPause = TimeSpan.FromMilliseconds(5);
    private readonly PaceWindow pace = RestorePace(lease);
    private readonly Lock paceLock = new();
    private readonly Channel<(OutboundMessage Message, long DeadlineStart)> ready = Channel.CreateUnbounded<(OutboundMessage, long)>();
    private readonly SemaphoreSlim inFlight = new(maxInFlight);

    private TimeSpan Now => time.GetElapsedTime(lease.AcquiredAt);

    /// <param name="deadlineStart">The timestamp from which its send deadline counts.</param>
    public void Add(OutboundMessage message, long deadlineStart) => ready.Writer.TryWrite((message, deadlineStart));

    public void Complete() => ready.Writer.TryComplete();

    /// <summary>Runs until the queue is completed and every call is answered, then completes the recorder.</summary>
    /// <param name="stop">After its cancellation the queued messages are not sent, and their claims are returned.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        var calls = new List<Task>();
        try
        {
            await foreach (var (message, deadlineStart) in ready.Reader.ReadAllAsync(CancellationToken.None))
            {
                await inFlight.WaitAsync(CancellationToken.None);
                var entry = await WaitForSlotAsync(lease.Sender.Channel == MessageChannel.Sms ? message.Units : 1, deadlineStart, stop);
                inProgress.MarkDequeued();
                calls.Add(CallAsync(message, entry, deadlineStart));
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

    /// <returns>How long the next message would wait for its slot; null when this depends on an answer that is still awaited.</returns>
    public TimeSpan? TimeUntilNextSlot()
    {
        lock (paceLock)
        {
            return pace.EarliestSend(1, Now) - Now;
        }
    }

    /// <returns>Age and units of each send that still counts against the pace, for the next holder of the lease.</returns>
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

    private bool CanStillSend(long deadlineStart) =>
        !leaseLost.IsCancellationRequested && time.GetElapsedTime(deadlineStart) < ClaimMessages.SendDeadline;

    /// <returns>Null when the message may not be sent any more and its claim must be returned.</returns>
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

            var wait = next is { } slot ? slot - Now : AnswerPause;
            wait = wait < MaxPause ? wait : MaxPause;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), time, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }

    /// <summary>
    /// If the call throws, the request may have reached the provider, so the outcome is unknown. The other calls continue.
    /// </summary>
    private async Task CallAsync(OutboundMessage message, PaceWindow.Entry? entry, long deadlineStart)
    {
        SendOutcome outcome = new SendOutcome.Unknown(SendErrorActions.NoAnswer);
        var failure = await BisectFailures.TryAsync(
            async () => outcome = entry is null
                ? new SendOutcome.SendDeadlinePassed()
                : await provider.SendAsync(lease.Sender, message, () => CanStillSend(deadlineStart)),
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
            if (outcome is SendOutcome.NotSent or SendOutcome.SendDeadlinePassed)
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
        [LoggerMessage(1, LogLevel.Error, "The call for message {MessageId} failed unexpectedly: its outcome is unknown")]
        public static partial void CallFailed(ILogger log, Exception failure, Guid messageId);
    }
}
