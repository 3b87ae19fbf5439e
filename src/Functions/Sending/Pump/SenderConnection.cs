namespace Relais.Sending.Pump;

/// <summary>A sender as its pump needs it, the account's token opened.</summary>
internal sealed record SenderConnection(
    Guid Id, Guid TenantId, string Channel, string Address, bool IsSandbox, SenderLimits Limits, string AccountSid, string AuthToken, bool Parked)
{
    // the token stays out of anything that prints the record
    public override string ToString() => $"sender {Id}";
}

/// <summary>What the sender's provider bears; where the row is silent, what the channel takes.</summary>
internal sealed record SenderLimits(int Units, TimeSpan Window, int PerRecipientMinute, TimeSpan RecipientSpacing)
{
    public static SenderLimits For(string channel, bool isSandbox, int? units, int? windowMs, int? perMinute, int? spacingMs) => new(
        units ?? (isSandbox ? 1 : 10),
        TimeSpan.FromMilliseconds(windowMs ?? (isSandbox ? 3000 : 1000)),
        perMinute ?? 5,
        TimeSpan.FromMilliseconds(spacingMs ?? (channel == "whatsapp" ? 6000 : 0)));
}

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
