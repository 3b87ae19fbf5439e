using System.Collections.Concurrent;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Functions.Tests.Campaigns;

/// <summary>
/// An orchestration client that records its calls. It refuses a second start of a running instance and an event for an unknown
/// instance, as the engine does.
/// </summary>
internal sealed class FakeDurableClient() : DurableTaskClient("fake")
{
    private readonly ConcurrentDictionary<string, OrchestrationRuntimeStatus> instances = new();
    private readonly ConcurrentDictionary<string, (DateTimeOffset Created, DateTimeOffset Updated)> times = new();

    public ConcurrentQueue<string> Scheduled { get; } = new();

    public ConcurrentQueue<string> Raised { get; } = new();

    public ConcurrentQueue<string> Resumed { get; } = new();

    public bool IsAway { get; set; }

    public DateTimeOffset LastUpdatedAt { get; set; }

    public void Set(string instanceId, OrchestrationRuntimeStatus status) => instances[instanceId] = status;

    /// <summary>The ids of all instances, in ordinal order.</summary>
    public IEnumerable<string> Instances => instances.Keys.Order(StringComparer.Ordinal);

    public void Set(string instanceId, OrchestrationRuntimeStatus status, DateTimeOffset created, DateTimeOffset updated) =>
        (instances[instanceId], times[instanceId]) = (status, (created, updated));

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default)
    {
        var id = options!.InstanceId!;
        if (IsAway)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "away"));
        }

        var added = instances.TryAdd(id, OrchestrationRuntimeStatus.Running)
            || instances.TryUpdate(id, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Failed);
        if (!added)
        {
            throw new OrchestrationAlreadyExistsException(id);
        }

        Scheduled.Enqueue($"{orchestratorName} {id}");
        return Task.FromResult(id);
    }

    public override Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        if (IsAway || !instances.ContainsKey(instanceId))
        {
            throw new RpcException(new Status(StatusCode.NotFound, "no such instance"));
        }

        Raised.Enqueue($"{eventName} {instanceId}");
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(instances.TryGetValue(instanceId, out var status)
            ? new OrchestrationMetadata("x", instanceId) { RuntimeStatus = status, LastUpdatedAt = LastUpdatedAt }
            : null);

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        Resumed.Enqueue(instanceId);
        return Task.CompletedTask;
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(
        OrchestrationQuery? filter = null) => Pageable.Create((after, _) =>
    {
        // Each page has two instances, so that the caller has to read several pages.
        var page = Instances
            .Where(id => after is null || string.CompareOrdinal(id, after) > 0)
            .Where(id => Matches(id, filter?.CreatedFrom, filter?.CreatedTo, filter?.Statuses))
            .Take(2)
            .Select(
                id => new OrchestrationMetadata("x", id)
                {
                    RuntimeStatus = instances[id],
                    CreatedAt = times[id].Created,
                    LastUpdatedAt = times[id].Updated,
                })
            .ToList();
        return Task.FromResult(new Page<OrchestrationMetadata>(page, page.Count < 2 ? null : page[^1].InstanceId));
    });

    public override Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) =>
        IsAway
            ? throw new RpcException(new Status(StatusCode.Unavailable, "away"))
            : Task.FromResult(new PurgeResult(instances.TryRemove(instanceId, out _) ? 1 : 0));

    public override Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) =>
        Task.FromResult(
            new PurgeResult(
                Instances.Where(id => Matches(id, filter.CreatedFrom, filter.CreatedTo, filter.Statuses))
                    .Count(id => instances.TryRemove(id, out _))));

    private bool Matches(string id, DateTimeOffset? from, DateTimeOffset? to, IEnumerable<OrchestrationRuntimeStatus>? statuses) =>
        !(times[id].Created < from) && !(times[id].Created > to) && statuses?.Contains(instances[id]) != false;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
