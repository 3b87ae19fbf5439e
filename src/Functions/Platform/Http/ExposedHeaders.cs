using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Relais.Platform.Http;

/// <summary>
/// Lets web pages of other origins read response headers (Access-Control-Expose-Headers). The allowed origins are configured in Azure
/// Functions, which answers CORS preflight requests itself.
/// </summary>
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
