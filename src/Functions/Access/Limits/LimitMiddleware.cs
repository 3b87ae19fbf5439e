using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Relais.Platform.Http;

namespace Relais.Access.Limits;

/// <summary>
/// Applies the rate limit of the client's address before authentication, so that guessing credentials is limited too. Provider webhooks
/// are exempt, because they are signed and must not be lost.
/// </summary>
internal sealed class AddressLimitMiddleware(AccessRules rules, RequestLimits limits, LimitOptions options) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http
            && rules.FindRule(context.FunctionDefinition) is not AccessRule.Public { IsLimited: false })
        {
            var forwardedFor = http.Request.Headers["X-Forwarded-For"].ToString();
            var address = ClientAddress.Read(http.Connection.RemoteIpAddress, forwardedFor, options.TrustedProxies);
            if (limits.TimeToWaitForAddress(address) is { } wait)
            {
                TooManyRequestsResponse.Write(context, http, wait);
                return;
            }
        }

        await next(context);
    }
}

/// <summary>
/// Applies the rate limit of the caller's tenant after authentication, so that a busy tenant does not slow down the others.
/// </summary>
internal sealed class TenantLimitMiddleware(RequestLimits limits) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http
            && context.FindCaller() is { } caller
            && limits.TryConsumeForTenant(caller.TenantId) is { } wait)
        {
            TooManyRequestsResponse.Write(context, http, wait);
            return;
        }

        await next(context);
    }
}

internal static class TooManyRequestsResponse
{
    /// <summary>Sets the response 429 with the seconds to wait in the header Retry-After; at least one second.</summary>
    public static void Write(FunctionContext context, HttpContext http, TimeSpan wait)
    {
        http.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.GetInvocationResult().Value = AccessFailures.TooManyRequests().ToHttp();
    }
}
