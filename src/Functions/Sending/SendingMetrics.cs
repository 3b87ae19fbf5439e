using System.Diagnostics.Metrics;

namespace Relais.Sending;

/// <summary>Counters of the send path for the operator.</summary>
internal sealed class SendingMetrics(IMeterFactory meters)
{
    private readonly Counter<long> notRecorded = meters.Create("Relais").CreateCounter<long>("outcomes_not_recorded");
    private readonly Counter<long> notSettled = meters.Create("Relais").CreateCounter<long>("messages_not_settled");

    private readonly Counter<long> notClaimed = meters.Create("Relais").CreateCounter<long>("messages_not_claimed");

    /// <summary>Counts a due message that could not be claimed. The next pump tries again.</summary>
    public void MessageNotClaimed() => notClaimed.Add(1);

    /// <summary>Counts a provider call whose outcome could not be stored, so that the outcome of its message is unknown.</summary>
    public void OutcomeNotRecorded() => notRecorded.Add(1);

    /// <summary>Counts a message whose new status, reported by the provider or set by a sweep, could not be stored.</summary>
    public void StatusChangeFailed() => notSettled.Add(1);
}
