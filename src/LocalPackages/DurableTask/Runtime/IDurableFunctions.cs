namespace Microsoft.DurableTask.Runtime;

internal sealed record ActivityCall(string InstanceId, string Name, string? Input);

/// <summary>The code that the engine runs, by name without regard to case; null for a name that is not there.</summary>
internal interface IDurableFunctions
{
    Func<TaskOrchestrationContext, Task<object?>>? Orchestrator(string name);

    Func<ActivityCall, CancellationToken, Task<object?>>? Activity(string name);
}
