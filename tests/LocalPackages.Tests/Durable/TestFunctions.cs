using Microsoft.DurableTask;
using Microsoft.DurableTask.Runtime;

namespace LocalPackages.Tests.Durable;

/// <summary>Orchestrators and activities as plain lambdas.</summary>
internal sealed class TestFunctions : IDurableFunctions
{
    private readonly Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<ActivityCall, CancellationToken, Task<object?>>> activities = new(StringComparer.OrdinalIgnoreCase);

    public TestFunctions Orchestrator<T>(string name, Func<TaskOrchestrationContext, Task<T>> code)
    {
        orchestrators[name] = async context => await code(context);
        return this;
    }

    public TestFunctions Activity<TIn, TOut>(string name, Func<TIn, Task<TOut>> code)
    {
        activities[name] = async (call, _) => await code(Microsoft.DurableTask.Engine.Json.Read<TIn>(call.Input));
        return this;
    }

    public TestFunctions Activity<TIn, TOut>(string name, Func<TIn, TOut> code) => Activity<TIn, TOut>(name, input => Task.FromResult(code(input)));

    Func<TaskOrchestrationContext, Task<object?>>? IDurableFunctions.Orchestrator(string name) => orchestrators.GetValueOrDefault(name);

    Func<ActivityCall, CancellationToken, Task<object?>>? IDurableFunctions.Activity(string name) => activities.GetValueOrDefault(name);
}
