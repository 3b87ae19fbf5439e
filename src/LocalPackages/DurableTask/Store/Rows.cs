using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Engine;

namespace Microsoft.DurableTask.Store;

/// <summary>An instance as its lease holder knows it.</summary>
internal sealed record Lease(string Id, Guid Life, long Epoch, long Owner)
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public required OrchestrationRuntimeStatus Status { get; init; }

    public string? Input { get; init; }

    public string? ParentId { get; init; }

    public string? ParentName { get; init; }

    public RunHeader Header => new(
        Id, Name, Version, Input, ParentId is null ? null : new ParentOrchestrationInstance(new TaskName(ParentName!), ParentId));
}

/// <summary>News for an instance that wait in its inbox.</summary>
/// <param name="Life">The run it is meant for; null for external events, which belong to the instance.</param>
internal sealed record Message(long Seq, Guid? Life, EventKind Kind, int Task, string? Name, string? Payload);

/// <summary>An activity to run, and for whom its row is reserved.</summary>
internal sealed record ActivityWork(Guid Life, int Task, string InstanceId, string Name, string? Input, long Owner);

/// <summary>How an activity ended.</summary>
internal sealed record Ending(ActivityWork Work, EventKind Kind, string? Payload);

/// <summary>An instance that was given news, and who holds it.</summary>
internal sealed record Target(string Id, long? Owner);
