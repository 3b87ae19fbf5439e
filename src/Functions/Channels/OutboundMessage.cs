namespace Relais.Channels;

/// <summary>A message whose claim is committed. The attempt is part of its status-callback URL.</summary>
internal sealed record OutboundMessage
{
    public required Guid Id { get; init; }
    public required int Attempt { get; init; }
    public required int Failures { get; init; }
    public required string ContactAddress { get; init; }

    /// <summary>Of a campaign that can still pause.</summary>
    public required bool InCampaign { get; init; }

    public string? Body { get; init; }
    public string? ContentSid { get; init; }
    public string? ContentVariables { get; init; }
    public required int Units { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
}
