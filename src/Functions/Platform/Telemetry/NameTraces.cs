using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Relais.Platform.Telemetry;

/// <summary>A span bears the name of its function, never the path that was asked for.</summary>
internal sealed class NameTraces : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        Name(Activity.Current, context);
        // under the host an invocation arrives on its own stream, where the current activity is not that of the request
        Name(context.GetHttpContext()?.Features.Get<IHttpActivityFeature>()?.Activity, context);
        return next(context);
    }

    private static void Name(Activity? activity, FunctionContext context)
    {
        if (activity is not null)
        {
            activity.DisplayName = context.FunctionDefinition.Name;
            activity.SetTag("faas.name", context.FunctionDefinition.Name);
        }
    }
}
