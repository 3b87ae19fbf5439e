using Relais.Channels;

namespace Relais.Sending.Pump;

/// <summary>A lease that this pump holds.</summary>
/// <param name="Sender">The sender, with the credentials of its account.</param>
/// <param name="Epoch">Identifies this lease; each new lease of the sender has a higher epoch.</param>
/// <param name="RecentSends">Age and units of each send that still counts against the pace, by the database's clock.</param>
/// <param name="HasUnknownOutcomes">The previous holder left messages with an unknown outcome.</param>
/// <param name="AcquiredAt">The timestamp at which the ages were read.</param>
internal sealed record HeldLease(
    SenderConnection Sender, long Epoch, IReadOnlyList<(TimeSpan Age, int Units)> RecentSends, bool HasUnknownOutcomes, long AcquiredAt);
