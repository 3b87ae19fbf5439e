using Relais.Channels;

namespace Relais.Sending.Pump;

/// <summary>A due message with the decision of a claim.</summary>
internal sealed record ExaminedMessage
{
    public required Guid Id { get; init; }
    public required string Decision { get; init; }
    public required int Attempt { get; init; }
    public required int Failures { get; init; }
    public required string ContactAddress { get; init; }
    public required bool CampaignCanPause { get; init; }
    public string? Body { get; init; }
    public string? ContentSid { get; init; }
    public string? ContentVariables { get; init; }
    public required int Units { get; init; }
    public DateTime? ExpiresAt { get; init; }

    public OutboundMessage ToMessage() => new()
    {
        Id = Id,
        Attempt = Attempt,
        Failures = Failures,
        ContactAddress = ContactAddress,
        CampaignCanPause = CampaignCanPause,
        Body = Body,
        ContentSid = ContentSid,
        ContentVariables = ContentVariables,
        Units = Units,
        ExpiresAt = ExpiresAt,
    };
}
