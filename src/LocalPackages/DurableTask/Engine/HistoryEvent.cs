namespace Microsoft.DurableTask.Engine;

/// <summary>The numbers are stored.</summary>
internal enum EventKind : short
{
    Started = 0,
    ActivityScheduled = 1,
    ActivityCompleted = 2,
    ActivityFailed = 3,
    TimerCreated = 4,
    TimerFired = 5,
    ChildScheduled = 6,
    ChildCompleted = 7,
    ChildFailed = 8,
    EventRaised = 9,
    EventSent = 10,
}

/// <summary>One row of an instance's history.</summary>
/// <param name="At">Time of the step it belongs to, in whole microseconds: what the store keeps.</param>
/// <param name="TaskId">Number of the decision, or -1.</param>
/// <param name="Payload">Input, result, failure or event payload as JSON; the instance id of a child; the due time of a timer.</param>
internal sealed record HistoryEvent(EventKind Kind, DateTime At, int TaskId = -1, string? Name = null, string? Payload = null);
