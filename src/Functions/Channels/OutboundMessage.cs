namespace Relais.Channels;

/// <summary>A message that is claimed for sending; the claim is committed.</summary>
internal sealed record OutboundMessage
{
    public required Guid Id { get; init; }

    /// <summary>The number of this attempt; it is part of the URL for status reports.</summary>
    public required int Attempt { get; init; }

    public required int Failures { get; init; }
    public required string ContactAddress { get; init; }

    /// <summary>The message belongs to a campaign that can still be paused.</summary>
    public required bool CampaignCanPause { get; init; }

    public string? Body { get; init; }
    public string? ContentSid { get; init; }
    public string? ContentVariables { get; init; }
    public required int Units { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
}
