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
        if (!await AskAsync(db => StartInstances.OneAsync(db, run, Kept(options), now, cancellation), cancellation))
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
        var payload = Json.Write(eventPayload);
        var target = await AskAsync(db => Control.RaiseAsync(db, instanceId, eventName, payload, cancellation), cancellation);
        hub.Tell([target ?? throw await RefusedAsync(instanceId, "take an event", cancellation)]);
    }

    public override async Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var output = Json.Write(options?.Output);
        var target = await AskAsync(db => Control.TerminateAsync(db, instanceId, output, hub.Now, cancellation), cancellation);
        hub.Tell([target ?? throw await RefusedAsync(instanceId, "be terminated", cancellation)]);
        Changed(instanceId);
    }

    public override async Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var text = reason?.Replace('\0', '\uFFFD');
        var target = await AskAsync(db => Control.SuspendAsync(db, instanceId, text, hub.Now, cancellation), cancellation);
        hub.Tell([target ?? throw Unknown()]);
        Changed(instanceId);
    }

    public override async Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var target = await AskAsync(db => Control.ResumeAsync(db, instanceId, hub.Now, cancellation), cancellation);
        hub.Tell([target ?? throw Unknown()]);
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
        return await AskAsync(db => ReadInstances.OneAsync(db, instanceId, getInputsAndOutputs, cancellation), cancellation);
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = filter ?? new OrchestrationQuery();
        var usual = query.PageSize > 0 ? query.PageSize : OrchestrationQuery.DefaultPageSize;
        return Pageable.Create((token, size, cancellation) => AskAsync(
            db => ReadInstances.PageAsync(db, query, token ?? query.ContinuationToken, size ?? usual, cancellation), cancellation));
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var purged = await AskAsync(db => PurgeInstances.OneAsync(db, instanceId, cancellation), cancellation);
        return purged > 0 || await StatusAsync(instanceId, cancellation) is not { } status
            ? new PurgeResult(purged)
            : throw new InvalidOperationException($"Only a finished orchestration can be purged; {instanceId} is {status}.");
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new PurgeResult(await AskAsync(db => PurgeInstances.AllAsync(db, filter, cancellation), cancellation));
    }

    /// <summary>The hub lives as long as the application.</summary>
    public override ValueTask DisposeAsync() => default;

    private void Changed(string id)
    {
        hub.Changes.Changed(id);
        hub.Announce([Notify.Text(Notify.Changed, hub.Membership.Id, id)]);
    }

    private static short[] Kept(StartOrchestrationOptions? options) =>
        [.. (options?.DedupeStatuses ?? []).Select(name => (short)Enum.Parse<OrchestrationRuntimeStatus>(name, ignoreCase: true))];

    private static RpcException Unknown() => new(new Status(StatusCode.Unknown, "The instance is not there or not in a fitting status."));

    private async Task<RpcException> RefusedAsync(string id, string what, CancellationToken cancellation) =>
        await StatusAsync(id, cancellation) is { } status
            ? new(new Status(StatusCode.FailedPrecondition, $"The instance {id} is {status} and cannot {what}."))
            : new(new Status(StatusCode.NotFound, $"There is no instance with the id {id}."));

    private Task<OrchestrationRuntimeStatus?> StatusAsync(string id, CancellationToken cancellation) =>
        AskAsync(db => Control.StatusAsync(db, id, cancellation), cancellation);

    private async Task<T> AskAsync<T>(Func<Db, Task<T>> ask, CancellationToken cancellation)
    {
        await hub.Ready.WaitAsync(cancellation);
        try
        {
            return await ask(hub.Db);
        }
        catch (Exception e) when (Outages.IsOutage(e))
        {
            throw new RpcException(new Status(StatusCode.Unavailable, e.Message));
        }
    }
}
