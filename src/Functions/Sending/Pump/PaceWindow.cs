namespace Relais.Sending.Pump;

/// <summary>
/// Keeps one sender under "at most <c>units</c> in any sliding window", as the provider sees it. A request can reach the
/// provider at any moment between its departure and its answer, so it fills the window until its answer is one window old.
/// Where answers steadily take long, the part of their time that is certainly not the way there is credited.
/// Pure: times are passed in, from one monotonic clock. Not thread-safe.
/// </summary>
internal sealed class PaceWindow(int units, TimeSpan window)
{
    // so many answers tell whether the provider is steadily slow or merely was
    private const int MinRoundTrips = 20;
    private static readonly TimeSpan Guard = TimeSpan.FromMilliseconds(2);
    private readonly TimeSpan allowance = window * 0.06;
    private readonly TimeSpan interval = window / units;
    private readonly LinkedList<Entry> entries = new();
    private readonly Queue<TimeSpan> roundTrips = new();
    private int filled;
    private TimeSpan nextSlot = TimeSpan.FromDays(-1);
    private TimeSpan typicalRoundTrip;

    /// <summary>One request in the window. <c>SeenBy</c>: the provider saw it by then; null while nobody knows.</summary>
    internal sealed class Entry
    {
        public required int Cost { get; init; }
        public required TimeSpan SentAt { get; init; }
        public TimeSpan? ReceivedBy { get; set; }
        public LinkedListNode<Entry>? Place { get; set; }
    }

    /// <summary>When <paramref name="cost"/> units may leave at the earliest; null: only an answer can tell.</summary>
    public TimeSpan? EarliestSend(int cost, TimeSpan now)
    {
        // Old entries are looked for only when there is no room, so that a large window is not walked for each departure.
        if (filled + Capped(cost) > units)
        {
            RemoveExpired(now);
        }

        var excess = filled + Capped(cost) - units;
        if (excess <= 0)
        {
            return Later(now, nextSlot);
        }

        foreach (var (end, freed) in entries.Where(entry => ExpiresAt(entry, now) is not null).Select(entry => (ExpiresAt(entry, now)!.Value, entry.Cost)).Order())
        {
            if ((excess -= freed) <= 0)
            {
                return Later(end, nextSlot);
            }
        }

        return null;
    }

    /// <summary>Takes the slot. Slots are spread over the window; a late one may catch up by one interval, no more.</summary>
    public Entry RecordSend(int cost, TimeSpan now)
    {
        var entry = new Entry { Cost = Capped(cost), SentAt = now };
        Add(entry);
        nextSlot = Later(nextSlot, now - interval) + (interval * entry.Cost);
        return entry;
    }

    /// <summary>The answer came, or the request is given up for sure.</summary>
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

    /// <summary>The request never left.</summary>
    public void CancelSend(Entry entry) => Remove(entry);

    /// <summary>A send of an earlier holder of the lease.</summary>
    public void Restore(int cost, TimeSpan seenBy) => Add(new Entry { Cost = Capped(cost), SentAt = seenBy, ReceivedBy = seenBy });

    /// <summary>What the next holder has to know.</summary>
    public IReadOnlyList<Entry> Snapshot(TimeSpan now)
    {
        RemoveExpired(now);
        return [.. entries];
    }

    private TimeSpan? ExpiresAt(Entry entry, TimeSpan now)
    {
        if (entry.ReceivedBy is { } seen)
        {
            return seen + window + Guard;
        }

        // an answer that is merely as slow as all others is no sign of a late arrival
        var age = now - entry.SentAt;
        return typicalRoundTrip > allowance && age <= typicalRoundTrip + allowance ? entry.SentAt + allowance + window + Guard : null;
    }

    private void RemoveExpired(TimeSpan now)
    {
        for (var node = entries.First; node is not null;)
        {
            var next = node.Next;
            if (ExpiresAt(node.Value, now) is { } end && end <= now)
            {
                Remove(node.Value);
            }

            node = next;
        }
    }

    private void Add(Entry entry)
    {
        entry.Place = entries.AddLast(entry);
        filled += entry.Cost;
    }

    private void Remove(Entry entry)
    {
        if (entry.Place is { } place)
        {
            entries.Remove(place);
            filled -= entry.Cost;
            entry.Place = null;
        }
    }

    // scattered answers say nothing about the next one
    private TimeSpan TypicalRoundTrip()
    {
        if (roundTrips.Count < MinRoundTrips)
        {
            return TimeSpan.Zero;
        }

        var sorted = roundTrips.Order().ToList();
        return sorted[sorted.Count * 3 / 4] <= sorted[0] * 1.5 ? sorted[0] : TimeSpan.Zero;
    }

    // what is larger than the window goes alone
    private int Capped(int cost) => Math.Clamp(cost, 1, units);

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
