using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Relais.Platform.Telemetry;

/// <summary>A span bears the name of its function, never the path that was asked for.</summary>
internal sealed class NameTraces : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (Activity.Current is { } activity)
        {
            activity.DisplayName = context.FunctionDefinition.Name;
            activity.SetTag("faas.name", context.FunctionDefinition.Name);
        }

        return next(context);
    }
}
