using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Hosting.Execution;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>An invocation by a request: its scope is the request's, its token the connection's.</summary>
internal sealed class HttpFunctionContext : LocalFunctionContext
{
    private static readonly Func<System.Reflection.ParameterInfo, FunctionContext, object?> Request = static (_, context) => context.GetHttpContext()!.Request;
    private readonly HttpContext http;

    public HttpFunctionContext(FunctionPlan plan, HttpContext http)
        : base(plan, new Invocation(Request, new HttpBindingData(http)), services: null, CancellationToken.None)
    {
        this.http = http;
        Items[FunctionContextExtensions.HttpContextKey] = http;
    }

    public override CancellationToken CancellationToken => http.RequestAborted;

    public override bool TryGetData(string name, out object? value)
    {
        if (http.Request.RouteValues.TryGetValue(name, out value))
        {
            return true;
        }

        var found = http.Request.Query.TryGetValue(name, out var values) && values.Count > 0;
        value = found ? values[^1] : null;
        return found;
    }

    protected override IServiceProvider OpenServices() => http.RequestServices;
}
