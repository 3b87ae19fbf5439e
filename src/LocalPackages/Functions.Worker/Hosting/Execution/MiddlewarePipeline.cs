using Microsoft.Azure.Functions.Worker.Middleware;

namespace Microsoft.Azure.Functions.Worker.Hosting.Execution;

internal sealed class MiddlewarePipeline
{
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware = [];

    public void Add(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> next) => middleware.Add(next);

    public FunctionExecutionDelegate Build()
    {
        FunctionExecutionDelegate pipeline = static context =>
        {
            var local = LocalFunctionContext.Of(context);
            return local.Plan.ExecuteAsync(local);
        };
        return middleware.AsEnumerable().Reverse().Aggregate(pipeline, (next, wrap) => wrap(next));
    }
}
