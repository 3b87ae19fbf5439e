using Relais.Simulators;

namespace Relais.DevHost.Demo;

/// <summary>The simulator's totals for one step of a campaign. A message with several send attempts counts once.</summary>
internal sealed record SimulatorTotals(long Accepted, long Sent, long Delivered, long Read, IReadOnlyDictionary<string, long> FailedBy)
{
    /// <param name="messages">All messages that the simulator accepted, oldest first.</param>
    /// <param name="ids">Ids of the messages of the step.</param>
    public static SimulatorTotals Create(IEnumerable<SimulatedMessage> messages, IReadOnlySet<string> ids)
    {
        var messageAttempts = messages
            .Where(message => message.MessageId is { } id && ids.Contains(id))
            .GroupBy(message => message.MessageId!)
            .ToList();
        // The final status of a message is that of its last attempt.
        var finals = messageAttempts.Select(attempts => attempts.Last()).ToList();
        return new SimulatorTotals(
            messageAttempts.Count,
            messageAttempts.LongCount(attempts =>
                attempts.Any(attempt => attempt.Status is "sent" or "delivered" or "read" or "undelivered")),
            finals.LongCount(attempt => attempt.Status is "delivered" or "read"),
            finals.LongCount(attempt => attempt.Status is "read"),
            finals.Where(attempt => attempt.Status is "failed" or "undelivered")
                .GroupBy(attempt => $"{attempt.ErrorCode}")
                .ToDictionary(group => group.Key, group => group.LongCount()));
    }
}
