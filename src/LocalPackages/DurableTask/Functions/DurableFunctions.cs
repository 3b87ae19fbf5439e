using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Engine;
using Microsoft.DurableTask.Runtime;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>Orchestrator and activity functions, run like every function: scope, middleware, method.</summary>
internal sealed class DurableFunctions(IFunctionCatalog catalog, IFunctionInvoker invoker) : IDurableFunctions
{
    private readonly FrozenDictionary<string, LocalFunction> orchestrators = Find<OrchestrationTriggerAttribute>(catalog);
    private readonly FrozenDictionary<string, LocalFunction> activities = Find<ActivityTriggerAttribute>(catalog);

    public Func<TaskOrchestrationContext, Task<object?>>? Orchestrator(string name) =>
        orchestrators.TryGetValue(name, out var function) ? context => RunAsync(function, (RunContext)context) : null;

    public Func<ActivityCall, CancellationToken, Task<object?>>? Activity(string name) =>
        activities.TryGetValue(name, out var function) ? (call, token) => RunAsync(function, call, token) : null;

    private Task<object?> RunAsync(LocalFunction function, RunContext run)
    {
        FunctionContext? opened = null;
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["instanceId"] = run.InstanceId };
        var task = invoker.InvokeAsync(
            function,
            new Invocation((_, _) => run, data)
            {
                Configure = context =>
                {
                    opened = context;
                    context.Features.Set(run);
                },
            },
            CancellationToken.None);
        run.WhenAbandoned(() => _ = CloseAsync(opened));
        return task;
    }

    private Task<object?> RunAsync(LocalFunction function, ActivityCall call, CancellationToken token)
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase)
        {
            ["instanceId"] = call.InstanceId,
            ["data"] = call.Input,
        };
        return invoker.InvokeAsync(function, new Invocation((parameter, _) => Input(parameter, call), data), token);
    }

    // The invocation never comes to an end of its own: its code waits for a replay that is another invocation.
    private static async Task CloseAsync(FunctionContext? context)
    {
        if (context?.InstanceServices is IAsyncDisposable scope)
        {
            await scope.DisposeAsync();
        }
    }

    private static object? Input(ParameterInfo parameter, ActivityCall call) => parameter.ParameterType == typeof(object) && call.Input is null
        ? null
        : Json.Read(call.Input, parameter.ParameterType);

    private static FrozenDictionary<string, LocalFunction> Find<T>(IFunctionCatalog catalog) => catalog.Functions
        .Where(function => function.TriggerAttribute is T)
        .ToFrozenDictionary(function => function.Name, StringComparer.OrdinalIgnoreCase);
}
