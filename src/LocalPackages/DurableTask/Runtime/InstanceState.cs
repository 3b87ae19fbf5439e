using System.Globalization;
using Microsoft.DurableTask.Engine;
using Microsoft.DurableTask.Store;

namespace Microsoft.DurableTask.Runtime;

/// <summary>An instance in memory while its lease is held: its history, and which tasks may still end.</summary>
internal sealed class InstanceState
{
    private readonly Dictionary<int, HistoryEvent> open = [];

    public InstanceState(Claimed claimed)
    {
        Lease = claimed.Lease;
        History = claimed.History;
        foreach (var e in History)
        {
            Follow(e);
        }
    }

    public Lease Lease { get; private set; }

    public List<HistoryEvent> History { get; private set; }

    /// <summary>What of the messages is news at the given time; the rest is late: of an earlier run, or for a task that has ended.</summary>
    public List<HistoryEvent> News(IEnumerable<Message> messages, IEnumerable<Ending> endings, DateTime now, out DateTime at)
    {
        at = Clock.Whole(now);
        if (History.Count > 0 && History[^1].At > at)
        {
            at = History[^1].At;
        }

        var news = new List<HistoryEvent>();
        foreach (var message in messages)
        {
            if (message.Kind == EventKind.EventRaised)
            {
                news.Add(new(message.Kind, at, -1, message.Name, message.Payload));
            }
            else if (message.Life == Lease.Life && open.Remove(message.Task, out var begun))
            {
                at = message.Kind == EventKind.TimerFired && Due(begun) > at ? Due(begun) : at;
                news.Add(new(message.Kind, at, message.Task, begun.Name, message.Payload));
            }
        }

        foreach (var ending in endings)
        {
            if (ending.Work.Life == Lease.Life && open.Remove(ending.Work.Task))
            {
                news.Add(new(ending.Kind, at, ending.Work.Task, ending.Work.Name, ending.Payload));
            }
        }

        return Stamped(news, at);
    }

    public void Append(IReadOnlyList<HistoryEvent> events, IReadOnlyList<int> cancelledTimers)
    {
        History.AddRange(events);
        foreach (var e in events)
        {
            Follow(e);
        }

        foreach (var timer in cancelledTimers)
        {
            open.Remove(timer);
        }
    }

    public void BeginNextLife(Guid life, RunResult result)
    {
        Lease = Lease with { Life = life, Input = result.Output, Version = result.NextVersion ?? Lease.Version };
        History = [];
        open.Clear();
    }

    private static DateTime Due(HistoryEvent timer) =>
        DateTime.Parse(timer.Payload!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    // The first step begins the run; all news of a step have one time.
    private List<HistoryEvent> Stamped(List<HistoryEvent> news, DateTime at)
    {
        if (History.Count == 0)
        {
            news.Insert(0, new(EventKind.Started, at));
        }

        return news.ConvertAll(e => e with { At = at });
    }

    private void Follow(HistoryEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.ActivityScheduled or EventKind.TimerCreated or EventKind.ChildScheduled:
                open[e.TaskId] = e;
                break;
            case EventKind.Started or EventKind.EventRaised or EventKind.EventSent:
                break;
            default:
                open.Remove(e.TaskId);
                break;
        }
    }
}
