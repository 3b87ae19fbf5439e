using System.Globalization;

namespace Microsoft.DurableTask.Engine;

/// <summary>What an orchestrator wants done. Numbered in the order of the calls, which is what replays are checked against.</summary>
internal abstract record Decision(int Id, string Name)
{
    public abstract EventKind Kind { get; }

    public virtual string? Payload => null;

    public bool IsRecordedBy(HistoryEvent recorded) =>
        recorded.Kind == Kind && string.Equals(recorded.Name, Name, StringComparison.OrdinalIgnoreCase);

    public HistoryEvent ToEvent(DateTime at) => new(Kind, at, Id, Name, Payload);
}

internal sealed record ActivityDecision(int Id, string Name, string? Input) : Decision(Id, Name)
{
    public override EventKind Kind => EventKind.ActivityScheduled;
}

internal sealed record TimerDecision(int Id, DateTime FireAt) : Decision(Id, "")
{
    public override EventKind Kind => EventKind.TimerCreated;

    public override string Payload => FireAt.ToString("o", CultureInfo.InvariantCulture);
}

internal sealed record ChildDecision(int Id, string Name, string InstanceId, string? Input, string Version) : Decision(Id, Name)
{
    public override EventKind Kind => EventKind.ChildScheduled;

    public override string Payload => InstanceId;
}

internal sealed record SendDecision(int Id, string Name, string Target, string? Data) : Decision(Id, Name)
{
    public override EventKind Kind => EventKind.EventSent;

    public override string Payload => Target;
}
