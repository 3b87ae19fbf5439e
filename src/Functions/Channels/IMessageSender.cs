namespace Relais.Channels;

/// <summary>Sends a message through a provider. Makes one call, never retries, and returns a failure as a value.</summary>
internal interface IMessageSender
{
    /// <param name="canStillSend">
    /// Called immediately before the request is written. False: the request is not sent and the outcome is
    /// <see cref="SendOutcome.SendDeadlinePassed"/>.
    /// </param>
    Task<SendOutcome> SendAsync(SenderConnection sender, OutboundMessage message, Func<bool> canStillSend);
}
