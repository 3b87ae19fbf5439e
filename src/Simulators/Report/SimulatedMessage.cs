namespace Relais.Simulators;

/// <summary>A message in the simulator.</summary>
/// <param name="Sid">SM… or MM…</param>
/// <param name="Sender">address of the account's sender</param>
/// <param name="Contact">address of the recipient, or of the author of an inbound message</param>
/// <param name="Direction">outbound-api, outbound-reply or inbound</param>
/// <param name="Body">text of the message</param>
/// <param name="Status">status as in the API: "delivered"</param>
/// <param name="ErrorCode">Twilio error code; 0: none</param>
/// <param name="Segments">number of SMS segments</param>
/// <param name="At">time of arrival</param>
/// <param name="ArrivedMicroseconds">microseconds from the start of the simulator to the arrival, by a monotonic clock</param>
/// <param name="MessageId">the caller's ID of the message, from the status callback URL; null without callback URL</param>
public sealed record SimulatedMessage(
    string Sid, string Sender, string Contact, string Direction, string Body, string Status, int ErrorCode, int Segments,
    DateTimeOffset At, long ArrivedMicroseconds, string? MessageId)
{
    internal static SimulatedMessage Of(Message message, IReadOnlyList<string> messageKeys) => new(
        message.Sid,
        message.Sender.Address,
        message.Contact,
        message.Direction switch
        {
            Simulators.Direction.Inbound => "inbound",
            Simulators.Direction.OutboundReply => "outbound-reply",
            _ => "outbound-api",
        },
        message.Body,
        message.Status.Wire(),
        message.ErrorCode,
        message.Segments,
        message.CreatedAt,
        message.ArrivedMicroseconds,
        ReportWriter.IdOf(message, messageKeys));
}
