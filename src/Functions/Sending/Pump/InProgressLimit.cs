namespace Relais.Sending.Pump;

/// <summary>
/// Counts the messages that are claimed and whose outcome is not stored yet. After a crash the outcome of exactly these is unknown, so
/// their number never exceeds the limit.
/// </summary>
internal sealed class InProgressLimit(int limit)
{
    private readonly Lock gate = new();
    private int inHand;
    private int waiting;
    private Waiter? waiter;

    /// <summary>How many more may be claimed.</summary>
    public int FreeSlots
    {
        get
        {
            lock (gate)
            {
                return limit - inHand;
            }
        }
    }

    /// <summary>Claimed, and not handed to the provider yet.</summary>
    public int QueuedCount
    {
        get
        {
            lock (gate)
            {
                return waiting;
            }
        }
    }

    /// <summary>Before a claim: takes the room that its messages may need.</summary>
    public void Reserve(int count) => Change(reserved: count, left: 0);

    /// <summary>After the claim.</summary>
    /// <param name="unused">Reserved and not claimed.</param>
    public void MarkClaimed(int count, int unused) => Change(reserved: -unused, left: -count);

    public void MarkSent() => Change(reserved: 0, left: 1);

    /// <summary>The outcomes of so many messages are committed.</summary>
    public void MarkRecorded(int count) => Change(reserved: -count, left: 0);

    /// <summary>Waits until no more than so many messages wait to leave and there is room for so many more. One caller at a time.</summary>
    public Task WaitForFreeSlotsAsync(int mostWaiting, int leastRoom)
    {
        lock (gate)
        {
            waiter = new Waiter(mostWaiting, leastRoom, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var done = waiter.Done.Task;
            CompleteWait();
            return done;
        }
    }

    private void Change(int reserved, int left)
    {
        lock (gate)
        {
            inHand += reserved;
            waiting -= left;
            CompleteWait();
        }
    }

    private void CompleteWait()
    {
        if (waiter is not null && waiting <= waiter.MostWaiting && limit - inHand >= waiter.LeastRoom)
        {
            waiter.Done.TrySetResult();
            waiter = null;
        }
    }

    private sealed record Waiter(int MostWaiting, int LeastRoom, TaskCompletionSource Done);
}
