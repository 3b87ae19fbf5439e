using Relais.Channels;
using Relais.Platform.Http;
using Relais.Sending;

namespace Relais.Webhooks;

/// <summary>A stored event that is about to be processed.</summary>
internal sealed record StoredEventRow
{
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required string Kind { get; init; }
    public required string Sid { get; init; }
    public required string Status { get; init; }
    public required string Payload { get; init; }
    public Guid? MessageId { get; init; }
    public int? MessageAttempt { get; init; }
    public required bool ConsentRecorded { get; init; }
    public required DateTime ReceivedAt { get; init; }

    public DateTimeOffset ReceivedAtOffset => new(ReceivedAt);

    public InboundMessage ToMessage(IWebhookProvider provider) => provider.ReadInboundMessage(Fields());

    public StatusReport ToReport(IWebhookProvider provider) =>
        new(TenantId, Id, MessageId, MessageAttempt, Sid, Status, provider.ReadErrorCode(Fields()), ReceivedAtOffset);

    private Dictionary<string, string> Fields() => Json.Read<Dictionary<string, string>>(Payload);
}
