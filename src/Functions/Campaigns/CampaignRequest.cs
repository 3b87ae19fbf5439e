using System.ComponentModel.DataAnnotations;

namespace Relais.Campaigns;

/// <summary>The body of a request to create a campaign, before <see cref="CampaignValidation"/> has checked it.</summary>
internal sealed record CampaignRequest
{
    [Required]
    public string? Name { get; init; }
    [Required]
    public Guid? SenderId { get; init; }
    [Required]
    public Audience? Audience { get; init; }
    [Required]
    public MessageContent? Message1 { get; init; }
    public MessageContent? Message2 { get; init; }
    public DateTimeOffset? ScheduledAt { get; init; }
    public TimeOnly? HoursFrom { get; init; }
    public TimeOnly? HoursTo { get; init; }
    public string? TimeZone { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public int? ReplyWindowHours { get; init; }
}
