namespace Relais.Campaigns;

/// <summary>
/// The counters, rates and duration of a campaign, stored when it closes. Rates are shares of the attempted messages, and null when there
/// are none.
/// </summary>
internal sealed record CampaignStatistics
{
    public required CampaignTotals Progress { get; init; }
    public required double? DeliveryRate { get; init; }
    public required double? ReadRate { get; init; }
    public required double? FailureRate { get; init; }
    public required double? ReplyRate { get; init; }
    public required long? DurationSeconds { get; init; }

    public static CampaignStatistics From(CampaignTotals progress, DateTimeOffset? startedAt, DateTimeOffset until)
    {
        var attempted = progress.Planned - progress.Skipped - progress.Queued - progress.Canceled - progress.Expired;
        return new CampaignStatistics
        {
            Progress = progress,
            DeliveryRate = Rate(progress.Delivered, attempted),
            ReadRate = Rate(progress.Read, attempted),
            FailureRate = Rate(progress.Failed, attempted),
            ReplyRate = Rate(progress.Replied, attempted),
            DurationSeconds = startedAt is null ? null : Math.Max(0, (long)(until - startedAt.Value).TotalSeconds),
        };
    }

    private static double? Rate(long count, long total) => total > 0 ? Math.Round((double)count / total, 4) : null;
}
