namespace Relais.Sending.Pump;

/// <summary>
/// Allows one sender at most <c>units</c> in any sliding window, as the provider measures it. A request can reach the provider at any
/// moment between its send and its answer, so it counts until its answer is one window old. If answers are consistently slow, the part of
/// the round trip that is certainly not the way to the provider is credited.
/// Pure: the caller passes all times, from one monotonic clock. Not thread-safe.
/// </summary>
internal sealed class PaceWindow(int maxUnits, TimeSpan window)
{
    // Fewer answers do not show whether the provider is consistently slow.
    private const int MinRoundTrips = 20;

    // Keeps a distance from the exact end of a window, because the clocks and timers of both sides are not exact.
    private static readonly TimeSpan Guard = TimeSpan.FromMilliseconds(2);

    // The longest way to the provider that is assumed while its answers are consistently slow. It costs at most 6 % of the rate.
    private readonly TimeSpan allowance = window * 0.06;
    private readonly TimeSpan interval = window / maxUnits;
    private readonly LinkedList<Entry> entries = new();
    private readonly Queue<TimeSpan> roundTrips = new();
    private int usedUnits;
    private TimeSpan nextSlot = TimeSpan.FromDays(-1);
    private TimeSpan typicalRoundTrip;

    /// <summary>One request that counts against the limit.</summary>
    internal sealed class Entry
    {
        public required int Cost { get; init; }
        public required TimeSpan SentAt { get; init; }

        /// <summary>The latest time at which the provider received the request; null while its answer is awaited.</summary>
        public TimeSpan? ReceivedBy { get; set; }

        public LinkedListNode<Entry>? Node { get; set; }
    }

    /// <returns>
    /// The earliest time at which <paramref name="cost"/> units may be sent; null when this depends on an answer that is still awaited.
    /// </returns>
    public TimeSpan? EarliestSend(int cost, TimeSpan now)
    {
        // Expired entries are removed only when there is no room, so that a large window is not searched for every message.
        if (usedUnits + Capped(cost) > maxUnits)
        {
            RemoveExpired(now);
        }

        var excess = usedUnits + Capped(cost) - maxUnits;
        if (excess <= 0)
        {
            return Later(now, nextSlot);
        }

        var expirations = entries
            .Where(entry => ExpiresAt(entry, now) is not null)
            .Select(entry => (ExpiresAt(entry, now)!.Value, entry.Cost))
            .Order();
        foreach (var (expiresAt, freedUnits) in expirations)
        {
            if ((excess -= freedUnits) <= 0)
            {
                return Later(expiresAt, nextSlot);
            }
        }

        return null;
    }

    /// <summary>Takes the slot. Slots are spread evenly over the window; after a delay one interval at most is made up for.</summary>
    public Entry RecordSend(int cost, TimeSpan now)
    {
        var entry = new Entry { Cost = Capped(cost), SentAt = now };
        Add(entry);
        nextSlot = Later(nextSlot, now - interval) + (interval * entry.Cost);
        return entry;
    }

    /// <summary>Records that the answer arrived or that the call failed without one.</summary>
    public void RecordAnswer(Entry entry, TimeSpan now)
    {
        roundTrips.Enqueue(now - entry.SentAt);
        if (roundTrips.Count > 50)
        {
            roundTrips.Dequeue();
        }

        typicalRoundTrip = TypicalRoundTrip();
        entry.ReceivedBy = Later(entry.SentAt, now - Later(TimeSpan.Zero, typicalRoundTrip - allowance));
    }

    /// <summary>Removes a request that was not sent.</summary>
    public void CancelSend(Entry entry) => Remove(entry);

    /// <summary>Adds a request of an earlier holder of the lease.</summary>
    public void Restore(int cost, TimeSpan receivedBy) =>
        Add(new Entry { Cost = Capped(cost), SentAt = receivedBy, ReceivedBy = receivedBy });

    /// <returns>The requests that still count, for the next holder of the lease.</returns>
    public IReadOnlyList<Entry> Snapshot(TimeSpan now)
    {
        RemoveExpired(now);
        return [.. entries];
    }

    private TimeSpan? ExpiresAt(Entry entry, TimeSpan now)
    {
        if (entry.ReceivedBy is { } receivedBy)
        {
            return receivedBy + window + Guard;
        }

        // The answer is awaited. While it is no slower than usual, the request is assumed to have arrived within the allowance.
        var age = now - entry.SentAt;
        return typicalRoundTrip > allowance && age <= typicalRoundTrip + allowance ? entry.SentAt + allowance + window + Guard : null;
    }

    private void RemoveExpired(TimeSpan now)
    {
        for (var node = entries.First; node is not null;)
        {
            var next = node.Next;
            if (ExpiresAt(node.Value, now) is { } expiresAt && expiresAt <= now)
            {
                Remove(node.Value);
            }

            node = next;
        }
    }

    private void Add(Entry entry)
    {
        entry.Node = entries.AddLast(entry);
        usedUnits += entry.Cost;
    }

    private void Remove(Entry entry)
    {
        if (entry.Node is { } node)
        {
            entries.Remove(node);
            usedUnits -= entry.Cost;
            entry.Node = null;
        }
    }

    // Round trips that vary widely do not predict the next one.
    private TimeSpan TypicalRoundTrip()
    {
        if (roundTrips.Count < MinRoundTrips)
        {
            return TimeSpan.Zero;
        }

        var sorted = roundTrips.Order().ToList();
        return sorted[sorted.Count * 3 / 4] <= sorted[0] * 1.5 ? sorted[0] : TimeSpan.Zero;
    }

    // A message that costs more than a whole window is sent alone.
    private int Capped(int cost) => Math.Clamp(cost, 1, maxUnits);

    private static TimeSpan Later(TimeSpan first, TimeSpan second) => first > second ? first : second;
}
