using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Azure.Functions.Worker.Queues;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker.Hosting.Execution;

internal sealed class FunctionInvoker : IFunctionInvoker
{
    private readonly Dictionary<string, FunctionPlan> plans;
    private readonly FunctionExecutionDelegate pipeline;
    private readonly IServiceScopeFactory scopes;
    private readonly QueueOutputs outputs;

    public FunctionInvoker(
        IFunctionCatalog catalog,
        ParameterSources sources,
        MiddlewarePipeline pipeline,
        IServiceScopeFactory scopes,
        QueueOutputs outputs,
        TimeProvider time)
    {
        plans = catalog.Functions.ToDictionary(f => f.Name, f => new FunctionPlan(f, sources, time), StringComparer.OrdinalIgnoreCase);
        foreach (var output in plans.Values.SelectMany(p => p.Outputs.All).Select(o => o.Attribute).OfType<QueueOutputAttribute>())
        {
            outputs.Open(output);
        }

        this.pipeline = pipeline.Build();
        this.scopes = scopes;
        this.outputs = outputs;
    }

    public FunctionPlan PlanOf(LocalFunction function) => plans[function.Name];

    public async Task<object?> InvokeAsync(LocalFunction function, Invocation invocation, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = new LocalFunctionContext(PlanOf(function), invocation, scope.ServiceProvider, cancellationToken);
        await RunAsync(context);
        return context.Result;
    }

    /// <summary>Middleware, function, then the output messages: nothing is sent when any of them threw.</summary>
    public async Task RunAsync(LocalFunctionContext context)
    {
        context.Invocation.Configure?.Invoke(context);
        await pipeline(context);
        if (context.Plan.Outputs.All.Count > 0)
        {
            await outputs.SendAsync(context);
        }
    }
}
