using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker.Hosting.Execution;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>Serves the requests of one function.</summary>
internal sealed partial class HttpFunction(FunctionPlan plan, AuthorizationLevel level, FunctionInvoker invoker, FunctionKeys keys, ILogger logger)
{
    private readonly string? resultProperty = plan.Outputs.All.FirstOrDefault(o => o.Attribute is HttpResultAttribute)?.Name;

    public async Task ServeAsync(HttpContext http)
    {
        if (!keys.Allow(level, http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        JoinRepeatedHeaders(http.Request.Headers);
        var context = new HttpFunctionContext(plan, http);
        try
        {
            await invoker.RunAsync(context);
            await WriteAsync(context, http);
        }
        catch (Exception e) when (IsClientGone(http, e))
        {
            // or the server tries to read the rest of the body, fails, and calls that an error
            http.Abort();
            Log.Disconnected(logger, plan.Function.Name);
        }
        catch (BadHttpRequestException bad) when (!http.Response.HasStarted)
        {
            Log.Unreadable(logger, plan.Function.Name, bad.StatusCode);
            http.Response.Clear();
            http.Response.StatusCode = bad.StatusCode;
        }
        catch (Exception e)
        {
            Log.Failed(logger, plan.Function.Name, e);
            if (http.Response.HasStarted)
            {
                // the server then closes the connection behind what was sent, so that the client sees that it is not all
                throw;
            }

            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    /// <summary>After all middleware, which may have replaced the result; what is no result type is dropped.</summary>
    private Task WriteAsync(HttpFunctionContext context, HttpContext http)
    {
        var result = context.Result;
        if (result is null && resultProperty is not null)
        {
            context.Outputs.TryGetValue(resultProperty, out result);
        }

        return result switch
        {
            IResult minimal => minimal.ExecuteAsync(http),
            IActionResult action => action.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor())),
            _ => Task.CompletedTask,
        };
    }

    private static bool IsClientGone(HttpContext http, Exception e) =>
        e is ConnectionResetException || e is OperationCanceledException or IOException and not BadHttpRequestException && http.RequestAborted.IsCancellationRequested;

    /// <summary>The published host hands a header that was sent twice on as one value.</summary>
    private static void JoinRepeatedHeaders(IHeaderDictionary headers)
    {
        List<KeyValuePair<string, StringValues>>? repeated = null;
        foreach (var header in headers)
        {
            if (header.Value.Count > 1)
            {
                (repeated ??= []).Add(header);
            }
        }

        foreach (var (name, values) in repeated ?? [])
        {
            headers[name] = string.Join(name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) ? "; " : ", ", values.ToArray());
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Function {Function} failed")]
        public static partial void Failed(ILogger logger, string function, Exception exception);

        [LoggerMessage(2, LogLevel.Debug, "Function {Function}: the client has gone")]
        public static partial void Disconnected(ILogger logger, string function);

        [LoggerMessage(3, LogLevel.Debug, "Function {Function}: the request could not be read and is answered with {Status}")]
        public static partial void Unreadable(ILogger logger, string function, int status);
    }
}
