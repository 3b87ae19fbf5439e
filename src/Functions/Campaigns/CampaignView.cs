using System.ComponentModel.DataAnnotations;

namespace Relais.Campaigns;

/// <summary>A campaign as the API returns it.</summary>
internal sealed record CampaignView
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    [AllowedValues(
        CampaignStatus.Draft, CampaignStatus.Starting, CampaignStatus.Running, CampaignStatus.Paused, CampaignStatus.Cancelling,
        CampaignStatus.Cancelled, CampaignStatus.Finished)]
    public required string Status { get; init; }
    public string? StatusReason { get; init; }
    public required Guid SenderId { get; init; }
    public required Audience Audience { get; init; }
    public required MessageContent Message1 { get; init; }
    public MessageContent? Message2 { get; init; }
    public DateTimeOffset? ScheduledAt { get; init; }
    public TimeOnly? HoursFrom { get; init; }
    public TimeOnly? HoursTo { get; init; }
    public required string TimeZone { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public required int ReplyWindowHours { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FrozenAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public required CampaignTotals Progress { get; init; }
}
