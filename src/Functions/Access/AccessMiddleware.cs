using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Access;

/// <summary>Nobody reaches an HTTP function whose method does not say who may.</summary>
internal sealed class AccessMiddleware(AccessRules rules, ApiKeyLookup keys) : IFunctionsWorkerMiddleware
{
    private static readonly Failure Unauthorized = new(FailureKind.Unauthorized, "invalid_api_key",
        "Send a valid API key as \"Authorization: Bearer rk_…\" or \"X-Api-Key: rk_…\".");

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var refusal = context.GetHttpContext() is null ? null : await RefusalAsync(context);
        if (refusal is not null)
        {
            context.GetInvocationResult().Value = refusal.ToHttp();
            return;
        }

        await next(context);
    }

    private async Task<Failure?> RefusalAsync(FunctionContext context)
    {
        if (rules.Of(context.FunctionDefinition) is not AccessRule.Needs needs)
        {
            return rules.Of(context.FunctionDefinition) is AccessRule.Open
                ? null
                : new Failure(FailureKind.Forbidden, "access_not_stated", "This function is not open to anybody.");
        }

        var http = context.GetHttpContext()!;
        var caller = ApiKey.From(http.Request.Headers) is { } key ? await keys.FindAsync(key, http.RequestAborted) : null;
        if (caller is null)
        {
            return Unauthorized;
        }

        if (!caller.May(needs.Role, needs.Scope))
        {
            return needs.Scope is null
                ? new Failure(FailureKind.Forbidden, "people_only", "This is open to members who signed in, not to API keys.")
                : new Failure(FailureKind.Forbidden, "scope_missing", $"The API key needs the scope '{needs.Scope.ToString()!.ToLowerInvariant()}'.");
        }

        context.SetCaller(caller);
        return null;
    }
}
