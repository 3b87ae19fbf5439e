namespace Relais.Channels;

/// <summary>A verified event, ready for the store. One effect for each (provider, sid, kind, status).</summary>
/// <param name="MessageId">Ours, from the callback URL.</param>
internal sealed record WebhookEvent(
    Guid Id, Guid TenantId, string Provider, string Kind, string Sid, string Status, string Payload, DateTimeOffset ReceivedAt,
    Guid? MessageId = null, int? Attempt = null, string? ErrorCode = null)
{
    public const string StatusKind = "status";
    public const string InboundKind = "inbound";
    public const string OtherKind = "other";
}
