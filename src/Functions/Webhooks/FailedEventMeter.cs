using System.Diagnostics.Metrics;

namespace Relais.Webhooks;

/// <summary>Counts the stored events that failed too often and now wait for an operator.</summary>
internal sealed class FailedEventMeter(IMeterFactory meters)
{
    private readonly Counter<long> failed = meters.Create("Relais").CreateCounter<long>("webhook_events_failed");

    public void Count(int events) => failed.Add(events);
}
