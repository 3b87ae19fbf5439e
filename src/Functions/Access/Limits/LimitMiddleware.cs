using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Relais.Platform.Http;

namespace Relais.Access.Limits;

/// <summary>Before anybody is asked who they are, so that guessing is limited too. What a provider calls is not: it is signed, and it must not be lost.</summary>
internal sealed class AddressLimitMiddleware(AccessRules rules, RequestLimits limits, LimitOptions options) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && rules.RuleFor(context.FunctionDefinition) is not AccessRule.Public { IsLimited: false })
        {
            var address = ClientAddress.Read(http.Connection.RemoteIpAddress, http.Request.Headers["X-Forwarded-For"].ToString(), options.TrustedProxies);
            if (limits.TryConsumeForAddress(address) is { } wait)
            {
                TooManyRequestsAnswer.Refuse(context, http, wait);
                return;
            }
        }

        await next(context);
    }
}

/// <summary>After the caller is known: one tenant's busy system leaves room for the others.</summary>
internal sealed class TenantLimitMiddleware(RequestLimits limits) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && context.FindCaller() is { } caller && limits.TryConsumeForTenant(caller.TenantId) is { } wait)
        {
            TooManyRequestsAnswer.Refuse(context, http, wait);
            return;
        }

        await next(context);
    }
}

internal static class TooManyRequestsAnswer
{
    public static void Refuse(FunctionContext context, HttpContext http, TimeSpan wait)
    {
        http.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.GetInvocationResult().Value = AccessFailures.TooManyRequests().ToHttp();
    }
}
