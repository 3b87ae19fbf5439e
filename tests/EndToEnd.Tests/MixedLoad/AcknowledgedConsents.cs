using System.Collections.Concurrent;

namespace EndToEnd.Tests.MixedLoad;

/// <summary>An opt-out or opt-in that the webhook has answered with 200.</summary>
/// <param name="Sid">Of the inbound message.</param>
/// <param name="AnsweredAt">After the answer had come.</param>
internal sealed record AcknowledgedConsent(string Sid, string Channel, string Address, bool IsStop, DateTimeOffset AnsweredAt);

/// <summary>What people have told the webhook, as far as it was answered with 200.</summary>
internal sealed class AcknowledgedConsents
{
    private readonly ConcurrentQueue<AcknowledgedConsent> words = new();
    private readonly ConcurrentDictionary<string, string> inbound = new();
    private int number;

    public IReadOnlyList<AcknowledgedConsent> Words => [.. words];

    /// <summary>SIDs of the messages that must be in the inbox, once each.</summary>
    public IReadOnlyCollection<string> Inbound => [.. inbound.Keys];

    /// <summary>A person says one thing after another, so the last word in the order of answers counts.</summary>
    public IReadOnlyList<AcknowledgedConsent> LastWords => [.. words.GroupBy(word => (word.Channel, word.Address)).Select(said => said.MaxBy(word => word.AnsweredAt)!)];

    public string NextSid() => $"SM{Interlocked.Increment(ref number):x32}";

    public void Received(string sid, string kind) => inbound[sid] = kind;

    public void Say(AcknowledgedConsent word) => words.Enqueue(word);
}
