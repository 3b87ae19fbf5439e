namespace Relais.Campaigns;

/// <summary>What the counters say about the success of a campaign; stored when it closes.</summary>
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
            DeliveryRate = Share(progress.Delivered, attempted),
            ReadRate = Share(progress.Read, attempted),
            FailureRate = Share(progress.Failed, attempted),
            ReplyRate = Share(progress.Replied, attempted),
            DurationSeconds = startedAt is null ? null : Math.Max(0, (long)(until - startedAt.Value).TotalSeconds),
        };
    }

    private static double? Share(long part, long of) => of > 0 ? Math.Round((double)part / of, 4) : null;
}
