using System.Text.Json;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Engine;
using Microsoft.DurableTask.Runtime;
using Microsoft.DurableTask.Store;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The client of the hub, with the published client's answers.</summary>
internal sealed class FunctionsDurableTaskClient(Hub hub) : DurableTaskClient(hub.Options.HubName)
{
    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName,
        object? input = null,
        StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        var now = hub.Now;
        var id = options?.InstanceId is { Length: > 0 } given ? given : Guid.CreateVersion7(now).ToString("N");
        InstanceIds.ThrowIfInvalid(id, nameof(options));
        var run = new NewRun(id, Guid.CreateVersion7(now), orchestratorName.Name, options?.Version?.Version ?? "", Json.Write(input))
        {
            StartAt = options?.StartAt?.UtcDateTime,
            Tags = options?.Tags is { Count: > 0 } tags ? JsonSerializer.Serialize(tags) : null,
        };
        await hub.Ready.WaitAsync(cancellation);
        if (!await StartInstances.OneAsync(hub.Db, run, Kept(options), now, cancellation))
        {
            throw new OrchestrationAlreadyExistsException($"An orchestration instance with the id {id} already exists.");
        }

        hub.Changes.Changed(id);
        if (run.StartAt is { } at && at > now)
        {
            hub.Timers.Made(at);
        }
        else
        {
            hub.Dispatcher.Wake(id);
        }

        return id;
    }

    public override async Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        await hub.Ready.WaitAsync(cancellation);
        var target = await Control.RaiseAsync(hub.Db, instanceId, eventName, Json.Write(eventPayload), cancellation);
        hub.Tell([target ?? throw await RefusedAsync(instanceId, "take an event", cancellation)]);
    }

    public override async Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        await hub.Ready.WaitAsync(cancellation);
        var target = await Control.TerminateAsync(hub.Db, instanceId, Json.Write(options?.Output), hub.Now, cancellation);
        hub.Tell([target ?? throw await RefusedAsync(instanceId, "be terminated", cancellation)]);
        Changed(instanceId);
    }

    public override async Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        await hub.Ready.WaitAsync(cancellation);
        hub.Tell([await Control.SuspendAsync(hub.Db, instanceId, reason?.Replace('\0', '\uFFFD'), hub.Now, cancellation) ?? throw Unknown()]);
        Changed(instanceId);
    }

    public override async Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        await hub.Ready.WaitAsync(cancellation);
        hub.Tell([await Control.ResumeAsync(hub.Db, instanceId, hub.Now, cancellation) ?? throw Unknown()]);
        Changed(instanceId);
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        InstanceWait.UntilAsync(
            hub, instanceId, getInputsAndOutputs, found => found.RuntimeStatus != OrchestrationRuntimeStatus.Pending, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        InstanceWait.UntilAsync(hub, instanceId, getInputsAndOutputs, found => found.IsCompleted, cancellation);

    public override async Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        await hub.Ready.WaitAsync(cancellation);
        return await ReadInstances.OneAsync(hub.Db, instanceId, getInputsAndOutputs, cancellation);
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = filter ?? new OrchestrationQuery();
        return Pageable.Create(async (token, size, cancellation) =>
        {
            await hub.Ready.WaitAsync(cancellation);
            var page = size ?? (query.PageSize > 0 ? query.PageSize : OrchestrationQuery.DefaultPageSize);
            return await ReadInstances.PageAsync(hub.Db, query, token ?? query.ContinuationToken, page, cancellation);
        });
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        await hub.Ready.WaitAsync(cancellation);
        var purged = await PurgeInstances.OneAsync(hub.Db, instanceId, cancellation);
        return purged > 0 || await Control.StatusAsync(hub.Db, instanceId, cancellation) is not { } status
            ? new PurgeResult(purged)
            : throw new InvalidOperationException($"Only a finished orchestration can be purged; {instanceId} is {status}.");
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await hub.Ready.WaitAsync(cancellation);
        return new PurgeResult(await PurgeInstances.AllAsync(hub.Db, filter, cancellation));
    }

    /// <summary>The hub lives as long as the application.</summary>
    public override ValueTask DisposeAsync() => default;

    private void Changed(string id)
    {
        hub.Changes.Changed(id);
        if (!hub.Membership.Alone)
        {
            hub.Announce([Notify.Text(Notify.Changed, hub.Membership.Id, id)]);
        }
    }

    private static short[] Kept(StartOrchestrationOptions? options) =>
        [.. (options?.DedupeStatuses ?? []).Select(name => (short)Enum.Parse<OrchestrationRuntimeStatus>(name, ignoreCase: true))];

    private static RpcException Unknown() => new(new Status(StatusCode.Unknown, "The instance is not there or not in a fitting status."));

    private async Task<RpcException> RefusedAsync(string id, string what, CancellationToken cancellation) =>
        await Control.StatusAsync(hub.Db, id, cancellation) is { } status
            ? new(new Status(StatusCode.FailedPrecondition, $"The instance {id} is {status} and cannot {what}."))
            : new(new Status(StatusCode.NotFound, $"There is no instance with the id {id}."));
}
