using Relais.Channels;

namespace Relais.Sending.Pump;

/// <summary>The result of a claim.</summary>
/// <param name="Messages">The claimed messages, in the order in which they are to be sent.</param>
/// <param name="Examined">The number of due messages that got a decision, claimed or not. Zero means that nothing is due.</param>
/// <param name="DailyQuotaFreeIn">
/// The time until a part of the tenant's daily quota is free again; null when the quota is not used up.
/// </param>
/// <param name="LeaseLost">The lease has expired or belongs to another pump.</param>
internal sealed record Claim(IReadOnlyList<OutboundMessage> Messages, int Examined, TimeSpan? DailyQuotaFreeIn, bool LeaseLost);
