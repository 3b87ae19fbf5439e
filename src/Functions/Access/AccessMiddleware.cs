using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Relais.Access.Keys;
using Relais.Access.Members;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Access;

/// <summary>
/// Authenticates the caller of each HTTP request and checks the access rule of the function before the function runs.
/// Refuses every request to a function that declares no rule.
/// </summary>
internal sealed class AccessMiddleware(AccessRules rules, AuthenticateRequest authenticate, FindMemberships memberships)
    : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var refusal = context.GetHttpContext() is { } http ? await AuthorizeAsync(context, http) : null;
        if (refusal is not null)
        {
            context.GetInvocationResult().Value = refusal.ToHttp();
            return;
        }

        await next(context);
    }

    private async Task<Failure?> AuthorizeAsync(FunctionContext context, HttpContext http)
    {
        var rule = rules.FindRule(context.FunctionDefinition);
        if (rule is AccessRule.Public or AccessRule.Undeclared)
        {
            return rule is AccessRule.Public ? null : AccessFailures.NoAccessRule();
        }

        // The response depends on the caller, so no proxy or browser may cache it.
        http.Response.Headers.CacheControl = "no-store";
        var identity = await authenticate.RunAsync(http.Request.Headers, http.RequestAborted);
        if (identity.Failure is not null)
        {
            return identity.Failure;
        }

        if (rule is not AccessRule.Requires required)
        {
            return SetSignedInUser(context, identity.Value);
        }

        var caller = identity.Value switch
        {
            Identity.ApiKey key => ResolveKeyCaller(key.CachedKey, required, http.Request.Headers),
            Identity.User user => await ResolveMemberCallerAsync(user.SignedInUser, required, http),
            _ => throw new InvalidOperationException("The identity is neither an API key nor a user."),
        };
        if (caller.Failure is null)
        {
            context.SetCaller(caller.Value);
        }

        return caller.Failure;
    }

    private static Failure? SetSignedInUser(FunctionContext context, Identity identity)
    {
        if (identity is not Identity.User user)
        {
            return AccessFailures.ApiKeyNotAccepted();
        }

        context.SetSignedInUser(user.SignedInUser);
        return null;
    }

    private static Result<Caller> ResolveKeyCaller(CachedApiKey key, AccessRule.Requires rule, IHeaderDictionary headers) =>
        !RequestedTenant.Matches(headers[RequestedTenant.Header], key.Caller.TenantId, key.Slug) ? AccessFailures.TenantNotAccessible()
        : key.Caller.IsAllowed(rule.Role, rule.Scope) ? key.Caller
        : rule.Scope is { } scope ? AccessFailures.ScopeMissing(scope)
        : AccessFailures.ApiKeyNotAccepted();

    private async Task<Result<Caller>> ResolveMemberCallerAsync(SignedInUser user, AccessRule.Requires rule, HttpContext http)
    {
        var userMemberships = await memberships.RunAsync(user, http.RequestAborted);
        var selected = RequestedTenant.Select(userMemberships, http.Request.Headers[RequestedTenant.Header]);
        if (selected.Failure is { } failure)
        {
            return failure;
        }

        var member = selected.Value;
        var actor = user.Actor with { Name = member.Name.Length > 0 ? member.Name : user.Name };
        var caller = new Caller(member.TenantId, actor, member.ParsedRole, []);
        return caller.IsAllowed(rule.Role, rule.Scope) ? caller : AccessFailures.RoleTooLow(rule.Role);
    }
}
