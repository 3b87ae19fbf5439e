using System.Collections.Concurrent;

namespace EndToEnd.Tests.MixedLoad;

/// <summary>An opt-out or opt-in that the webhook has answered with 200.</summary>
/// <param name="Sid">SID of the inbound message.</param>
/// <param name="AnsweredAt">Time after the response was received.</param>
internal sealed record AcknowledgedConsent(string Sid, string Channel, string Address, bool IsStop, DateTimeOffset AnsweredAt);

/// <summary>The inbound messages that the webhook has acknowledged with 200.</summary>
internal sealed class AcknowledgedConsents
{
    private readonly ConcurrentQueue<AcknowledgedConsent> consents = new();
    private readonly ConcurrentDictionary<string, string> inbound = new();
    private int number;

    public IReadOnlyList<AcknowledgedConsent> Words => [.. consents];

    /// <summary>SIDs of the messages that must appear exactly once in the inbox.</summary>
    public IReadOnlyCollection<string> Inbound => [.. inbound.Keys];

    /// <summary>The last consent of each person in the order of the responses. A person never sends two messages in parallel.</summary>
    public IReadOnlyList<AcknowledgedConsent> LastWords =>
        [.. consents.GroupBy(word => (word.Channel, word.Address)).Select(group => group.MaxBy(word => word.AnsweredAt)!)];

    public string NextSid() => $"SM{Interlocked.Increment(ref number):x32}";

    public void Received(string sid, string kind) => inbound[sid] = kind;

    public void Say(AcknowledgedConsent word) => consents.Enqueue(word);
}
