namespace Relais.Sending.Pump;

/// <summary>
/// Counts the messages that are claimed and whose outcome is not stored yet. After a crash the outcomes of exactly these messages are
/// unknown, so their number never exceeds the limit.
/// </summary>
internal sealed class InProgressLimit(int limit)
{
    private readonly Lock gate = new();
    private int inProgress;
    private int queued;
    private Waiter? waiter;

    /// <summary>The number of messages that may still be claimed.</summary>
    public int FreeSlots
    {
        get
        {
            lock (gate)
            {
                return limit - inProgress;
            }
        }
    }

    /// <summary>The number of messages that are claimed and not handed to the provider yet.</summary>
    public int QueuedCount
    {
        get
        {
            lock (gate)
            {
                return queued;
            }
        }
    }

    /// <summary>Reserves the slots that the messages of a claim may need. Call it before the claim.</summary>
    public void Reserve(int count) => Change(inProgressDelta: count, queuedDelta: 0);

    /// <summary>Call it after the claim.</summary>
    /// <param name="count">The number of claimed messages.</param>
    /// <param name="unused">The number of reserved slots that the claim did not use.</param>
    public void MarkClaimed(int count, int unused) => Change(inProgressDelta: -unused, queuedDelta: count);

    /// <summary>One message is taken from the queue to be sent.</summary>
    public void MarkDequeued() => Change(inProgressDelta: 0, queuedDelta: -1);

    /// <summary>Frees slots after the outcomes of as many messages are committed.</summary>
    public void MarkRecorded(int count) => Change(inProgressDelta: -count, queuedDelta: 0);

    /// <summary>Waits until the queue is short enough and enough slots are free. Only one caller may wait at a time.</summary>
    /// <param name="maxQueued">The maximum number of queued messages.</param>
    /// <param name="minFreeSlots">The minimum number of free slots.</param>
    public Task WaitForFreeSlotsAsync(int maxQueued, int minFreeSlots)
    {
        lock (gate)
        {
            waiter = new Waiter(maxQueued, minFreeSlots, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var done = waiter.Done.Task;
            CompleteWait();
            return done;
        }
    }

    private void Change(int inProgressDelta, int queuedDelta)
    {
        lock (gate)
        {
            inProgress += inProgressDelta;
            queued += queuedDelta;
            CompleteWait();
        }
    }

    private void CompleteWait()
    {
        if (waiter is not null && queued <= waiter.MaxQueued && limit - inProgress >= waiter.MinFreeSlots)
        {
            waiter.Done.TrySetResult();
            waiter = null;
        }
    }

    private sealed record Waiter(int MaxQueued, int MinFreeSlots, TaskCompletionSource Done);
}
