using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Relais.Platform.Http;

/// <summary>What a page of another origin may read beside the body. Which origins may call, the platform says: it answers their preflights itself.</summary>
internal sealed class ExposedHeaders : IFunctionsWorkerMiddleware
{
    private const string Names = "Location, Retry-After, WWW-Authenticate";

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && http.Request.Headers.Origin.Count > 0)
        {
            http.Response.Headers.AccessControlExposeHeaders = Names;
        }

        return next(context);
    }
}
