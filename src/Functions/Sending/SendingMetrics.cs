using System.Diagnostics.Metrics;

namespace Relais.Sending;

/// <summary>What the send path counts for the operator.</summary>
internal sealed class SendingMetrics(IMeterFactory meters)
{
    private readonly Counter<long> notRecorded = meters.Create("Relais").CreateCounter<long>("outcomes_not_recorded");
    private readonly Counter<long> notSettled = meters.Create("Relais").CreateCounter<long>("messages_not_settled");

    private readonly Counter<long> notClaimed = meters.Create("Relais").CreateCounter<long>("messages_not_claimed");

    /// <summary>A message that is due could not be claimed, and is left out until the next pump.</summary>
    public void MessageNotClaimed() => notClaimed.Add(1);

    /// <summary>A call was made and its outcome could not be stored: the message is of unknown outcome.</summary>
    public void OutcomeNotRecorded() => notRecorded.Add(1);

    /// <summary>A message could not be moved by what its provider or a sweep knows about it.</summary>
    public void MessageNotSettled() => notSettled.Add(1);
}
