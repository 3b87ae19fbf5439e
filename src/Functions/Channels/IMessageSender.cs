using Relais.Sending.Pump;

namespace Relais.Channels;

/// <summary>The edge to a provider: one call, never a retry, every failure as a value.</summary>
internal interface IMessageSender
{
    Task<SendOutcome> SendAsync(SenderInfo sender, ClaimedMessage message, CancellationToken ct);
}
