using Relais.Platform;

namespace Relais.Channels;

/// <summary>A sender with everything that its pump needs to send, including the decrypted auth token of its account.</summary>
internal sealed record SenderConnection(
    Guid Id, Guid TenantId, string Channel, string Address, bool IsSandbox, SenderLimits Limits, string AccountSid, string AuthToken,
    bool Parked)
{
    // Hides the token from logs and exceptions that print the record.
    public override string ToString() => $"sender {Id}";
}

/// <summary>The rate limits of a sender.</summary>
/// <param name="Units">The number of segments or messages that may be sent in each window.</param>
/// <param name="PerRecipientMinute">The number of messages that one recipient may get in a minute.</param>
/// <param name="RecipientSpacing">The shortest time between two messages to one recipient.</param>
internal sealed record SenderLimits(int Units, TimeSpan Window, int PerRecipientMinute, TimeSpan RecipientSpacing)
{
    /// <summary>The limits that are set for the sender; null values are replaced by the defaults of the channel.</summary>
    public static SenderLimits For(string channel, bool isSandbox, int? units, int? windowMs, int? perMinute, int? spacingMs) => new(
        units ?? (isSandbox ? 1 : 10),
        TimeSpan.FromMilliseconds(windowMs ?? (isSandbox ? 3000 : 1000)),
        perMinute ?? 5,
        TimeSpan.FromMilliseconds(spacingMs ?? (channel == MessageChannel.WhatsApp ? 6000 : 0)));
}
