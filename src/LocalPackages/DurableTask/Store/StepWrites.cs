using System.Text.Json;
using Microsoft.DurableTask.Engine;
using Npgsql;

namespace Microsoft.DurableTask.Store;

/// <summary>What a step writes after its fence held: only the statements that it needs.</summary>
internal static class StepWrites
{
    private const string Append = """
        insert into history (life, seq, kind, at, task, name, payload)
        select @life, @first + e.ordinality::integer - 1, e.kind, @now, e.task, e.name, e.payload
        from unnest(@kinds, @tasks, @names, @payloads) with ordinality as e(kind, task, name, payload, ordinality)
        """;

    private const string Consume = "delete from inbox where instance_id = @id and seq = any(@seqs)";

    private const string EndActivities = "delete from activities where life = @life and task = any(@tasks)";

    private const string AddActivities = """
        insert into activities (life, task, instance_id, name, input, owner)
        select @life, a.task, @id, a.name, a.input, case when a.ordinality <= @reserved then @me end
        from unnest(@tasks, @names, @inputs) with ordinality as a(task, name, input, ordinality)
        order by a.ordinality
        """;

    private const string AddTimers = """
        insert into timers (life, task, instance_id, fire_at)
        select @life, t.task, @id, t.fire_at
        from unnest(@tasks, @dues) as t(task, fire_at)
        """;

    private const string CancelTimers = "delete from timers where life = @life and task = any(@tasks)";

    // A child that was not started has an id that is in use.
    private const string RefuseChildren = """
        insert into inbox (instance_id, life, kind, task, payload)
        select @id, @life, @kind, c.task, @failure
        from unnest(@tasks, @ids, @lives) as c(task, id, life)
        where not exists (select from instances i where i.id = c.id and i.life = c.life)
        returning instance_id, @me
        """;

    private const string Send = """
        with sent as (
            insert into inbox (instance_id, kind, name, payload)
            select i.id, @kind, s.name, s.payload
            from unnest(@targets, @names, @payloads) with ordinality as s(target, name, payload, ordinality)
            join instances i on i.id = s.target and i.status in (0, 6, 7)
            order by s.ordinality
            returning instance_id)
        select distinct i.id, i.owner
        from sent
        join instances i on i.id = sent.instance_id
        """;

    private const string TellParent = """
        with told as (
            insert into inbox (instance_id, life, kind, task, payload)
            select i.parent_id, i.parent_life, @kind, i.parent_task, @payload
            from instances i
            where i.id = @id and i.parent_id is not null
            returning instance_id)
        select p.id, p.owner
        from told
        join instances p on p.id = told.instance_id
        """;

    private const string Clear = """
        with a as (delete from activities where life = @life), t as (delete from timers where life = @life)
        delete from inbox where instance_id = @id
        """;

    private const string Forget = "delete from history where life = @life";

    private const string Carry = """
        insert into inbox (instance_id, seq, kind, name, payload)
        select @id, least((select min(seq) from inbox where instance_id = @id), 0) - @count + e.ordinality - 1, @kind, e.name, e.payload
        from unnest(@names, @payloads) with ordinality as e(name, payload, ordinality)
        """;

    // Makes the next generation findable by anybody until its first step is done.
    private const string Begin = "insert into inbox (instance_id, life, kind) values (@id, @next, 0)";

    public static void Add(NpgsqlBatch batch, Step step)
    {
        if (step.Result.End == RunEnd.ContinuedAsNew)
        {
            batch.Then(Forget).With("life", step.Lease.Life);
            AddCarried(batch, step);
            batch.Then(Begin).With("id", step.Lease.Id).With("next", step.NextLife);
        }
        else
        {
            AddHistory(batch, step);
        }

        AddEndings(batch, step);
        AddBeginnings(batch, step);
        AddSent(batch, step);
        if (step.Result.End is RunEnd.Completed or RunEnd.Failed)
        {
            AddFinish(batch, step);
        }
    }

    private static void AddHistory(NpgsqlBatch batch, Step step) => batch.Then(Append)
        .With("life", step.Lease.Life)
        .With("first", step.FirstSeq)
        .With("now", step.Now)
        .With("kinds", step.Events.Select(e => (short)e.Kind).ToArray())
        .With("tasks", step.Events.Select(e => e.TaskId).ToArray())
        .With("names", step.Events.Select(e => e.Name).ToArray())
        .With("payloads", step.Events.Select(e => e.Payload).ToArray());

    private static void AddCarried(NpgsqlBatch batch, Step step)
    {
        var carried = step.Result.CarriedEvents;
        if (carried.Count > 0)
        {
            batch.Then(Carry)
                .With("id", step.Lease.Id)
                .With("count", carried.Count)
                .With("kind", (short)EventKind.EventRaised)
                .With("names", carried.Select(e => e.Name).ToArray())
                .With("payloads", carried.Select(e => e.Payload).ToArray());
        }
    }

    private static void AddEndings(NpgsqlBatch batch, Step step)
    {
        if (step.Consumed.Length > 0)
        {
            batch.Then(Consume).With("id", step.Lease.Id).With("seqs", step.Consumed);
        }

        if (step.Ended.Length > 0)
        {
            batch.Then(EndActivities).With("life", step.Lease.Life).With("tasks", step.Ended);
        }

        if (step.Result.CancelledTimers.Count > 0)
        {
            batch.Then(CancelTimers).With("life", step.Lease.Life).With("tasks", step.Result.CancelledTimers.ToArray());
        }
    }

    private static void AddBeginnings(NpgsqlBatch batch, Step step)
    {
        var activities = step.Decisions<ActivityDecision>().ToArray();
        if (activities.Length > 0)
        {
            batch.Then(AddActivities)
                .With("life", step.Lease.Life)
                .With("id", step.Lease.Id)
                .With("me", step.Lease.Owner)
                .With("reserved", step.Reserved)
                .With("tasks", activities.Select(a => a.Id).ToArray())
                .With("names", activities.Select(a => a.Name).ToArray())
                .With("inputs", activities.Select(a => a.Input).ToArray());
        }

        var timers = step.Decisions<TimerDecision>().Where(t => !step.Result.CancelledTimers.Contains(t.Id)).ToArray();
        if (timers.Length > 0)
        {
            batch.Then(AddTimers)
                .With("life", step.Lease.Life)
                .With("id", step.Lease.Id)
                .With("tasks", timers.Select(t => t.Id).ToArray())
                .With("dues", timers.Select(t => t.FireAt).ToArray());
        }

        var children = step.Decisions<ChildDecision>().ToArray();
        if (children.Length > 0)
        {
            AddChildren(batch, step, children);
        }
    }

    private static void AddChildren(NpgsqlBatch batch, Step step, ChildDecision[] children)
    {
        var runs = children
            .Select(c => new NewRun(c.InstanceId, Guid.CreateVersion7(step.Now), c.Name, c.Version, c.Input) { ParentTask = c.Id })
            .ToArray();

        // Two calls with one id in one step: the first has it.
        StartInstances.Then(batch, [.. runs.DistinctBy(r => r.Id)], step.Lease, [], step.Now);
        batch.Then(RefuseChildren)
            .With("id", step.Lease.Id)
            .With("life", step.Lease.Life)
            .With("me", step.Lease.Owner)
            .With("kind", (short)EventKind.ChildFailed)
            .With("failure", JsonSerializer.Serialize(Taken, Json.Options))
            .With("tasks", runs.Select(r => r.ParentTask!.Value).ToArray())
            .With("ids", runs.Select(r => r.Id).ToArray())
            .With("lives", runs.Select(r => r.Life).ToArray());
    }

    private static TaskFailureDetails Taken { get; } = new(
        "DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException",
        "The instance id of the sub-orchestration belongs to an instance that has not finished.",
        null,
        null,
        null);

    private static void AddSent(NpgsqlBatch batch, Step step)
    {
        var sent = step.Decisions<SendDecision>().ToArray();
        if (sent.Length > 0)
        {
            batch.Then(Send)
                .With("kind", (short)EventKind.EventRaised)
                .With("targets", sent.Select(s => s.Target).ToArray())
                .With("names", sent.Select(s => s.Name).ToArray())
                .With("payloads", sent.Select(s => s.Data).ToArray());
        }
    }

    private static void AddFinish(NpgsqlBatch batch, Step step)
    {
        var result = step.Result;
        var failed = result.End == RunEnd.Failed;
        batch.Then(Clear).With("life", step.Lease.Life).With("id", step.Lease.Id);
        if (step.Lease.ParentId is not null)
        {
            batch.Then(TellParent)
                .With("id", step.Lease.Id)
                .With("kind", (short)(failed ? EventKind.ChildFailed : EventKind.ChildCompleted))
                .With("payload", failed ? Json.Write(result.Failure) : result.Output);
        }
    }
}
