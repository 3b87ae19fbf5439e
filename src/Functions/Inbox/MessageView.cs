namespace Relais.Inbox;

/// <summary>A file that is attached to a message.</summary>
internal sealed record MessageMedia(string Url, string? ContentType);

/// <summary>A location that a contact shared.</summary>
/// <param name="Latitude">The latitude in degrees; null if the provider sent no valid number.</param>
/// <param name="Longitude">The longitude in degrees; null if the provider sent no valid number.</param>
/// <param name="Address">The postal address; null if there is none.</param>
/// <param name="Label">The name of the place; null if there is none.</param>
/// <param name="WrittenLatitude">The text that the provider sent as latitude, if it is not a valid number; otherwise null.</param>
/// <param name="WrittenLongitude">The text that the provider sent as longitude, if it is not a valid number; otherwise null.</param>
internal sealed record MessageLocation(
    double? Latitude, double? Longitude, string? Address, string? Label, string? WrittenLatitude, string? WrittenLongitude);

/// <summary>A message in the API's responses.</summary>
/// <param name="Address">The address of the contact; null if the contact was erased.</param>
internal sealed record MessageView(
    Guid Id, string Direction, string Channel, Guid SenderId, Guid? ContactId, string? Address, string? Body,
    IReadOnlyList<MessageMedia> Media, MessageLocation? Location, string Status, string? ErrorCode, DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt, DateTimeOffset? DeliveredAt, DateTimeOffset? ReadAt);
