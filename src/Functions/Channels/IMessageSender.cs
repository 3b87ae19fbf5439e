namespace Relais.Channels;

/// <summary>The edge to a provider: one call, never a retry, every failure as a value.</summary>
internal interface IMessageSender
{
    /// <param name="canStillSend">Asked at the last moment before the request is written; no: it is given back.</param>
    Task<SendOutcome> SendAsync(SenderConnection sender, OutboundMessage message, Func<bool> canStillSend);
}
