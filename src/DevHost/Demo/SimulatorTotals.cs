using Relais.Simulators;

namespace Relais.DevHost.Demo;

/// <summary>What the simulator counted of one step of a campaign; a message is one however often it was tried.</summary>
internal sealed record SimulatorTotals(long Accepted, long Sent, long Delivered, long Read, IReadOnlyDictionary<string, long> FailedBy)
{
    /// <param name="messages">Everything that the simulator took, in its order.</param>
    /// <param name="ids">The messages of the step.</param>
    public static SimulatorTotals Of(IEnumerable<SimulatedMessage> messages, IReadOnlySet<string> ids)
    {
        // an earlier try that failed says nothing when a later one came through
        var attempts = messages.Where(message => message.MessageId is { } id && ids.Contains(id)).GroupBy(message => message.MessageId!).ToList();
        var last = attempts.Select(tries => tries.Last()).ToList();
        return new SimulatorTotals(
            attempts.Count,
            attempts.LongCount(tries => tries.Any(one => one.Status is "sent" or "delivered" or "read" or "undelivered")),
            last.LongCount(one => one.Status is "delivered" or "read"),
            last.LongCount(one => one.Status is "read"),
            last.Where(one => one.Status is "failed" or "undelivered").GroupBy(one => $"{one.ErrorCode}").ToDictionary(group => group.Key, group => group.LongCount()));
    }
}
