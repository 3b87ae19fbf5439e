using Relais.Platform.Http;

namespace Relais.Inbox;

/// <summary>A row of the table messages.</summary>
internal sealed class MessageRow
{
    public const string SelectFromMessages = """
        select id, direction, channel, sender_id, contact_id,
          case when not is_erased(contact_address) then contact_address end as address,
          body, media::text as media, location::text as location,
          status, error_code, created_at, sent_at, delivered_at, read_at
        from messages
        """;

    public required Guid Id { get; init; }
    public required string Direction { get; init; }
    public required string Channel { get; init; }
    public required Guid SenderId { get; init; }
    public Guid? ContactId { get; init; }
    public string? Address { get; init; }
    public string? Body { get; init; }
    public string? Media { get; init; }
    public string? Location { get; init; }
    public required string Status { get; init; }
    public string? ErrorCode { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? SentAt { get; init; }
    public DateTime? DeliveredAt { get; init; }
    public DateTime? ReadAt { get; init; }

    public MessageView ToView() => new(
        Id, Direction, Channel, SenderId, ContactId, Address, Body, Media is null ? [] : Json.Read<List<MessageMedia>>(Media),
        Location is null ? null : Json.Read<MessageLocation>(Location), Status, ErrorCode, CreatedAt, SentAt, DeliveredAt, ReadAt);
}
