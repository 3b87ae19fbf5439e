namespace Relais.Sending.Pump;

/// <summary>The result of a pump run.</summary>
/// <param name="Accepted">The number of messages that the provider accepted.</param>
/// <param name="NextSendIn">
/// The time until the tenant's daily quota or the sender's pace allows the next message; null when neither delays it.
/// </param>
/// <param name="RecentSends">Age and units of each send that still counts against the pace.</param>
internal sealed record PumpResult(int Accepted, TimeSpan? NextSendIn, IReadOnlyList<(TimeSpan Age, int Units)> RecentSends);
