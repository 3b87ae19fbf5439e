namespace Relais.Campaigns;

/// <summary>The counters of a campaign as the API returns them.</summary>
internal sealed record CampaignTotals
{
    public required long Planned { get; init; }
    public required long Queued { get; init; }
    public required long Sent { get; init; }
    public required long Delivered { get; init; }
    public required long Read { get; init; }
    public required long Failed { get; init; }
    public required long Canceled { get; init; }
    public required long Expired { get; init; }
    public required long Skipped { get; init; }
    public required long Replied { get; init; }
    public required long FollowedUp { get; init; }
    public required long OptedOut { get; init; }
    public required IReadOnlyDictionary<string, long> FailedBy { get; init; }
    public required IReadOnlyDictionary<string, long> SkippedBy { get; init; }
    public required FollowupTotals Followup { get; init; }

    public static CampaignTotals From(IReadOnlyDictionary<string, long> counters) => new()
    {
        Planned = counters.GetValueOrDefault(CounterName.Planned),
        Queued = counters.GetValueOrDefault(CounterName.Queued),
        Sent = counters.GetValueOrDefault(CounterName.Sent),
        Delivered = counters.GetValueOrDefault(CounterName.Delivered),
        Read = counters.GetValueOrDefault(CounterName.Read),
        Failed = counters.GetValueOrDefault(CounterName.Failed),
        Canceled = counters.GetValueOrDefault(CounterName.Canceled),
        Expired = counters.GetValueOrDefault(CounterName.Expired),
        Skipped = counters.GetValueOrDefault(CounterName.Skipped),
        Replied = counters.GetValueOrDefault(CounterName.Replied),
        FollowedUp = counters.GetValueOrDefault(CounterName.FollowedUp),
        OptedOut = counters.GetValueOrDefault(CounterName.OptedOut),
        FailedBy = CountsByCode($"{CounterName.Failed}:", counters),
        SkippedBy = CountsByCode($"{CounterName.Skipped}:", counters),
        Followup = new FollowupTotals
        {
            Queued = counters.GetValueOrDefault(CounterName.FollowupPrefix + CounterName.Queued),
            Sent = counters.GetValueOrDefault(CounterName.FollowupPrefix + CounterName.Sent),
            Delivered = counters.GetValueOrDefault(CounterName.FollowupPrefix + CounterName.Delivered),
            Read = counters.GetValueOrDefault(CounterName.FollowupPrefix + CounterName.Read),
            Failed = counters.GetValueOrDefault(CounterName.FollowupPrefix + CounterName.Failed),
            Canceled = counters.GetValueOrDefault(CounterName.FollowupPrefix + CounterName.Canceled),
            Expired = counters.GetValueOrDefault(CounterName.FollowupPrefix + CounterName.Expired),
            Skipped = counters.GetValueOrDefault(CounterName.FollowupPrefix + CounterName.Skipped),
        },
    };

    private static SortedDictionary<string, long> CountsByCode(string prefix, IReadOnlyDictionary<string, long> counters) =>
        new(counters
            .Where(counter => counter.Key.StartsWith(prefix, StringComparison.Ordinal) && counter.Value != 0)
            .ToDictionary(counter => counter.Key[prefix.Length..], counter => counter.Value), StringComparer.Ordinal);
}

/// <summary>The counters of Message 2 of a campaign.</summary>
internal sealed record FollowupTotals
{
    public required long Queued { get; init; }
    public required long Sent { get; init; }
    public required long Delivered { get; init; }
    public required long Read { get; init; }
    public required long Failed { get; init; }
    public required long Canceled { get; init; }
    public required long Expired { get; init; }
    public required long Skipped { get; init; }
}
