using System.Collections.Concurrent;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Functions.Tests.Campaigns;

/// <summary>Remembers what was asked of it, and refuses what the engine would refuse.</summary>
internal sealed class FakeDurableClient() : DurableTaskClient("fake")
{
    private readonly ConcurrentDictionary<string, OrchestrationRuntimeStatus> instances = new();

    public ConcurrentQueue<string> Scheduled { get; } = new();

    public ConcurrentQueue<string> Raised { get; } = new();

    public ConcurrentQueue<string> Resumed { get; } = new();

    public bool IsAway { get; set; }

    public DateTimeOffset LastUpdatedAt { get; set; }

    public void Set(string instanceId, OrchestrationRuntimeStatus status) => instances[instanceId] = status;

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
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

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        if (IsAway || !instances.ContainsKey(instanceId))
        {
            throw new RpcException(new Status(StatusCode.NotFound, "no such instance"));
        }

        Raised.Enqueue($"{eventName} {instanceId}");
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(instances.TryGetValue(instanceId, out var status)
            ? new OrchestrationMetadata("x", instanceId) { RuntimeStatus = status, LastUpdatedAt = LastUpdatedAt }
            : null);

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        Resumed.Enqueue(instanceId);
        return Task.CompletedTask;
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
