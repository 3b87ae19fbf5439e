using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Engine;
using Microsoft.DurableTask.Store;
using Npgsql;

namespace Microsoft.DurableTask.Runtime;

internal enum StepEnd
{
    /// <summary>The lease is still held.</summary>
    Held,
    Released,
    Suspended,
}

/// <summary>One step: replay, commit, and what follows from the commit.</summary>
internal sealed class StepRunner(Hub hub, InstanceState state, Mailbox mailbox)
{
    public async Task<StepEnd> RunAsync(
        List<HistoryEvent> news, DateTime at, long[] consumed, List<Ending> ended, CancellationToken cancellation)
    {
        var result = Execute(news);
        var wanted = result.End == RunEnd.ContinuedAsNew ? 0 : result.Decisions.OfType<ActivityDecision>().Count();
        var reserved = hub.Activities.Reserve(wanted);
        var step = new Step(state.Lease, result, at)
        {
            Events = [.. news, .. result.Decisions.Select(d => d.ToEvent(at))],
            FirstSeq = state.History.Count,
            Consumed = consumed,
            Ended = [.. ended.Where(e => e.Work.Life == state.Lease.Life).Select(e => e.Work.Task)],
            Reserved = reserved,
            Release = result.End is RunEnd.Completed or RunEnd.Failed || (result.End == RunEnd.None && reserved == 0 && mailbox.IsQuiet),
            NextLife = Guid.CreateVersion7(hub.Time.GetUtcNow()),
        };
        try
        {
            var (committed, outcome) = await CommitAsync(step, cancellation);
            var running = committed.Reserved;
            hub.Activities.GiveBack(reserved - running);
            reserved = running;
            return Follow(committed, outcome);
        }
        catch
        {
            hub.Activities.GiveBack(reserved);
            throw;
        }
    }

    private RunResult Execute(List<HistoryEvent> news)
    {
        var header = state.Lease.Header;
        return hub.Functions.Orchestrator(header.Name) is { } orchestrator
            ? Replay.Execute(header, state.History, news, orchestrator, hub.Loggers)
            : new RunResult
            {
                End = RunEnd.Failed,
                Output = Json.HostFailure(
                    $"The function '{header.Name}' doesn't exist, is disabled, or is not an orchestrator function.", null),
            };
    }

    private async Task<(Step Step, StepOutcome Outcome)> CommitAsync(Step step, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return (step, await CommitStep.ExecuteAsync(hub.Db, step, cancellation));
            }
            catch (PostgresException e) when (e.SqlState is "40P01" or "40001" && attempt < 5)
            {
                // Rolled back for certain: the same step may be tried again.
                await Task.Delay(TimeSpan.FromMilliseconds(10 << attempt), hub.Time, cancellation);
            }
            catch (PostgresException e) when (!Outages.IsOutage(e) && attempt == 0)
            {
                step = Unstorable(step, e);
            }
        }
    }

    // Something in the step does not go into the database, and never will.
    private static Step Unstorable(Step step, PostgresException e) => step with
    {
        Result = new RunResult { End = RunEnd.Failed, Output = Json.HostFailure("The step could not be stored.", e.MessageText) },
        Events = [],
        Reserved = 0,
        Release = true,
    };

    private StepEnd Follow(Step step, StepOutcome outcome)
    {
        var result = step.Result;
        if (result.End == RunEnd.ContinuedAsNew)
        {
            state.BeginNextLife(step.NextLife, result);
            mailbox.Poke();
        }
        else
        {
            state.Append(step.Events, result.CancelledTimers);
        }

        RunActivities(step);
        foreach (var timer in step.Decisions<TimerDecision>())
        {
            hub.Timers.Made(timer.FireAt);
        }

        hub.Tell(outcome.Targets.Concat(step.Decisions<ChildDecision>().Select(c => new Target(c.InstanceId, null))));
        Announce(step, outcome);
        if (step.Release)
        {
            return StepEnd.Released;
        }

        return outcome.Status == OrchestrationRuntimeStatus.Suspended ? StepEnd.Suspended : StepEnd.Held;
    }

    private void RunActivities(Step step)
    {
        var lease = step.Lease;
        foreach (var activity in step.Decisions<ActivityDecision>().Take(step.Reserved))
        {
            mailbox.Adopt(activity.Id);
            hub.Activities.Run(new ActivityWork(lease.Life, activity.Id, lease.Id, activity.Name, activity.Input, lease.Owner));
        }
    }

    private void Announce(Step step, StepOutcome outcome)
    {
        hub.Changes.Changed(step.Lease.Id);
        var texts = new List<string>();
        if (outcome.Watched)
        {
            texts.Add(Notify.Text(Notify.Changed, step.Lease.Owner, step.Lease.Id));
        }

        if (step.Decisions<ActivityDecision>().Count() > step.Reserved)
        {
            hub.Activities.MoreWaiting();
            if (!hub.Membership.Alone)
            {
                texts.Add(Notify.Text(Notify.ActivitiesWait, step.Lease.Owner, ""));
            }
        }

        hub.Announce(texts);
    }
}
