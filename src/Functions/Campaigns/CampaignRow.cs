using Relais.Platform.Http;

namespace Relais.Campaigns;

/// <summary>A campaign as it is stored. Columns of type timestamptz are read as UTC DateTime.</summary>
internal sealed record CampaignRow
{
    public const string Columns = """
        id, name, status, status_reason, sender_id, audience::text, message1::text, message2::text, scheduled_at,
        hours_from, hours_to, time_zone, expires_at, reply_window_hours, created_at, started_at, frozen_at, finished_at
        """;

    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Status { get; init; }
    public string? StatusReason { get; init; }
    public required Guid SenderId { get; init; }
    public required string Audience { get; init; }
    public required string Message1 { get; init; }
    public string? Message2 { get; init; }
    public DateTime? ScheduledAt { get; init; }
    public TimeOnly? HoursFrom { get; init; }
    public TimeOnly? HoursTo { get; init; }
    public required string TimeZone { get; init; }
    public DateTime? ExpiresAt { get; init; }
    public required int ReplyWindowHours { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? StartedAt { get; init; }
    public DateTime? FrozenAt { get; init; }
    public DateTime? FinishedAt { get; init; }

    public CampaignView ToView(CampaignTotals progress) => new()
    {
        Id = Id,
        Name = Name,
        Status = Status,
        StatusReason = StatusReason,
        SenderId = SenderId,
        Audience = Json.Read<Audience>(Audience),
        Message1 = Json.Read<MessageContent>(Message1),
        Message2 = Message2 is null ? null : Json.Read<MessageContent>(Message2),
        ScheduledAt = ScheduledAt,
        HoursFrom = HoursFrom,
        HoursTo = HoursTo,
        TimeZone = TimeZone,
        ExpiresAt = ExpiresAt,
        ReplyWindowHours = ReplyWindowHours,
        CreatedAt = CreatedAt,
        StartedAt = StartedAt,
        FrozenAt = FrozenAt,
        FinishedAt = FinishedAt,
        Progress = progress,
    };
}
