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
        Planned = counters.GetValueOrDefault("planned"),
        Queued = counters.GetValueOrDefault("queued"),
        Sent = counters.GetValueOrDefault("sent"),
        Delivered = counters.GetValueOrDefault("delivered"),
        Read = counters.GetValueOrDefault("read"),
        Failed = counters.GetValueOrDefault("failed"),
        Canceled = counters.GetValueOrDefault("canceled"),
        Expired = counters.GetValueOrDefault("expired"),
        Skipped = counters.GetValueOrDefault("skipped"),
        Replied = counters.GetValueOrDefault("replied"),
        FollowedUp = counters.GetValueOrDefault("followed_up"),
        OptedOut = counters.GetValueOrDefault("opted_out"),
        FailedBy = CountsByCode("failed:", counters),
        SkippedBy = CountsByCode("skipped:", counters),
        Followup = new FollowupTotals
        {
            Queued = counters.GetValueOrDefault("followup_queued"),
            Sent = counters.GetValueOrDefault("followup_sent"),
            Delivered = counters.GetValueOrDefault("followup_delivered"),
            Read = counters.GetValueOrDefault("followup_read"),
            Failed = counters.GetValueOrDefault("followup_failed"),
            Canceled = counters.GetValueOrDefault("followup_canceled"),
            Expired = counters.GetValueOrDefault("followup_expired"),
            Skipped = counters.GetValueOrDefault("followup_skipped"),
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
