namespace Relais.Channels;

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
