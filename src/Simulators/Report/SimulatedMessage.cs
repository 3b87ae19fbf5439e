namespace Relais.Simulators;

/// <param name="Sid">SM… or MM…</param>
/// <param name="Sender">the account's own number</param>
/// <param name="Contact">the other side</param>
/// <param name="Direction">outbound-api, outbound-reply or inbound</param>
/// <param name="Body">the text</param>
/// <param name="Status">as on the wire</param>
/// <param name="ErrorCode">0 for none</param>
/// <param name="Segments">how many SMS it takes</param>
/// <param name="At">when it came in</param>
/// <param name="ArrivedMicroseconds">the same, steady, from the start of the simulator</param>
/// <param name="MessageId">the caller's own id, from the status callback URL</param>
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
