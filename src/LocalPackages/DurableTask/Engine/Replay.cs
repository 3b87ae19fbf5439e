using System.Text.Json;
using DurableTask.Core.Exceptions;
using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask.Engine;

/// <summary>
/// One execution of an orchestrator over its history: the past is repeated and checked, the fresh events are news to it.
/// Pure but for the orchestrator's own code: same history, same result.
/// </summary>
internal sealed class Replay
{
    private readonly RunHeader header;
    private readonly OrchestratorThread thread = new();
    private readonly RunContext context;
    private Task<object?>? task;

    private Replay(RunHeader header, ILoggerFactory loggers)
    {
        this.header = header;
        context = new RunContext(header, thread, loggers);
    }

    public static RunResult Execute(
        RunHeader header,
        IReadOnlyList<HistoryEvent> past,
        IReadOnlyList<HistoryEvent> fresh,
        Func<TaskOrchestrationContext, Task<object?>> orchestrator,
        ILoggerFactory loggers)
    {
        var replay = new Replay(header, loggers);
        try
        {
            return replay.Go(past, fresh, orchestrator);
        }
        catch (NonDeterministicOrchestrationException e)
        {
            return replay.Failed(e) with { Decisions = [] };
        }
        catch (JsonException e)
        {
            return replay.HostFailed(e) with { Decisions = [] };
        }
        finally
        {
            replay.Close();
        }
    }

    private RunResult Go(
        IReadOnlyList<HistoryEvent> past, IReadOnlyList<HistoryEvent> fresh, Func<TaskOrchestrationContext, Task<object?>> orchestrator)
    {
        context.Replaying = true;
        foreach (var e in past)
        {
            Apply(e, orchestrator);
        }

        if (context.Undecided.Values.FirstOrDefault() is { } unknown)
        {
            throw Different($"no {Describe(unknown.Kind)} with number {unknown.Id}", unknown);
        }

        context.Replaying = false;
        foreach (var e in fresh)
        {
            Apply(e, orchestrator);
        }

        return End();
    }

    private void Close()
    {
        thread.Close();
        if (task is { IsCompleted: false })
        {
            context.Abandon();
        }
    }

    private void Apply(HistoryEvent e, Func<TaskOrchestrationContext, Task<object?>> orchestrator)
    {
        context.Now = e.At;
        switch (e.Kind)
        {
            case EventKind.Started:
                task = thread.Run(() => Start(orchestrator));
                return;
            case EventKind.ActivityScheduled or EventKind.TimerCreated or EventKind.ChildScheduled or EventKind.EventSent:
                Check(e);
                return;
            case EventKind.EventRaised:
                context.Events.Raise(e.Name!, e.Payload);
                break;
            default:
                Finish(e);
                break;
        }

        thread.Drain();
    }

    private Task<object?> Start(Func<TaskOrchestrationContext, Task<object?>> orchestrator)
    {
        try
        {
            return orchestrator(context);
        }
        catch (Exception e)
        {
            return Task.FromException<object?>(e);
        }
    }

    private void Check(HistoryEvent recorded)
    {
        context.Undecided.Remove(recorded.TaskId, out var decision);
        if (decision is null || !decision.IsRecordedBy(recorded))
        {
            throw Different($"{Describe(recorded.Kind)} '{recorded.Name}' with number {recorded.TaskId}", decision);
        }
    }

    private void Finish(HistoryEvent e)
    {
        // Not open: a timer that was cancelled while its end was on the way.
        if (!context.Open.Remove(e.TaskId, out var open))
        {
            return;
        }

        var failed = e.Kind is EventKind.ActivityFailed or EventKind.ChildFailed;
        var failure = failed ? Json.Read<TaskFailureDetails?>(e.Payload) : null;
        OrchestratorThread.Complete(() =>
        {
            if (failed)
            {
                open.Fail(failure);
            }
            else
            {
                open.Complete(e.Payload);
            }
        });
    }

    private RunResult End()
    {
        if (task is null || !task.IsCompleted)
        {
            return task is not null && context.Open.Count == 0 && context.Events.OpenWaits == 0
                ? Failed(new InvalidOperationException(OrchestratorThread.IllegalAwait))
                : Result(RunEnd.None);
        }

        // What was started is waited for, awaited or not.
        if (context.Open.Count > 0)
        {
            return Result(RunEnd.None);
        }

        if (task.IsFaulted || task.IsCanceled)
        {
            var e = task.Exception?.InnerException ?? new TaskCanceledException(task);
            return e is OperationCanceledException ? HostFailed(e) : Failed(e);
        }

        return context.Next is { } next ? ContinuedAsNew(next) : Completed(task.Result);
    }

    private RunResult Completed(object? value)
    {
        try
        {
            return Result(RunEnd.Completed) with { Output = Json.Write(value) };
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return Failed(e);
        }
    }

    private RunResult ContinuedAsNew(ContinueAsNewOptions next) => Result(RunEnd.ContinuedAsNew) with
    {
        Output = Json.Write(next.NewInput),
        CustomStatus = null,
        CarriedEvents = next.PreserveUnprocessedEvents ? context.Events.Unprocessed : [],
        NextVersion = next.NewVersion,
    };

    private RunResult Failed(Exception e)
    {
        var failure = TaskFailureDetails.FromException(e);
        return Result(RunEnd.Failed) with { Output = failure.ToString(), Failure = failure };
    }

    private RunResult HostFailed(Exception e) => Result(RunEnd.Failed) with
    {
        Output = Json.HostFailure($"Function '{header.Name}' failed with an unhandled exception.", e.ToString()),
    };

    private RunResult Result(RunEnd end) => new()
    {
        End = end,
        Decisions = [.. context.Undecided.Values.OrderBy(decision => decision.Id)],
        CancelledTimers = [.. context.Cancelled],
        CustomStatus = context.CustomStatus,
    };

    private static NonDeterministicOrchestrationException Different(string recorded, Decision? now) => new(
        $"the history of this instance has {recorded}, but the orchestrator now "
        + (now is null ? "does not ask for it" : $"asks for {Describe(now.Kind)} '{now.Name}' with number {now.Id}")
        + ". Was its code changed while the instance was under way?");

    private static string Describe(EventKind kind) => kind switch
    {
        EventKind.ActivityScheduled => "an activity",
        EventKind.TimerCreated => "a timer",
        EventKind.ChildScheduled => "a sub-orchestration",
        _ => "a sent event",
    };
}
