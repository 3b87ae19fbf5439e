namespace Relais.Channels;

/// <summary>
/// An event that a provider reported with a valid signature. Reports with the same tenant, provider, SID, kind and status are the same
/// event, which is stored and applied once.
/// </summary>
/// <param name="Kind">status, inbound or other.</param>
/// <param name="Sid">The provider's id of the message; for an event without a SID, a hash of the request.</param>
/// <param name="Status">The status of the message in lower case; empty for an inbound message.</param>
/// <param name="Payload">The parameters as a JSON object of strings.</param>
/// <param name="MessageId">The app's own id of the message, from the URL of the status callback; null: the URL names none.</param>
/// <param name="Attempt">The attempt to send the message, from the URL of the status callback; null: the URL names none.</param>
/// <param name="ErrorCode">The provider's error code; null: none.</param>
internal sealed record WebhookEvent(
    Guid Id, Guid TenantId, string Provider, string Kind, string Sid, string Status, string Payload, DateTimeOffset ReceivedAt,
    Guid? MessageId = null, int? Attempt = null, string? ErrorCode = null)
{
    public const string StatusKind = "status";
    public const string InboundKind = "inbound";
    public const string OtherKind = "other";
}
