using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Relais.Access.Keys;
using Relais.Access.Members;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Access;

/// <summary>Nobody reaches an HTTP function whose method does not say who may.</summary>
internal sealed class AccessMiddleware(AccessRules rules, AuthenticateRequest whoCalls, FindMemberships memberships) : IFunctionsWorkerMiddleware
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
        var rule = rules.RuleFor(context.FunctionDefinition);
        if (rule is AccessRule.Public or AccessRule.Denied)
        {
            return rule is AccessRule.Public ? null : AccessFailures.NoAccessRule();
        }

        // what one person may see is for no cache on the way
        http.Response.Headers.CacheControl = "no-store";
        var who = await whoCalls.RunAsync(http.Request.Headers, http.RequestAborted);
        if (who.Failure is not null)
        {
            return who.Failure;
        }

        if (rule is not AccessRule.Requires required)
        {
            return SetSignedInUser(context, who.Value);
        }

        var caller = who.Value switch
        {
            Identity.Key key => ResolveKeyCaller(key.Known, required, http.Request.Headers),
            Identity.User somebody => await ResolveMemberCallerAsync(somebody.Person, required, http),
            _ => throw new InvalidOperationException("Another kind of identity."),
        };
        if (caller.Failure is null)
        {
            context.SetCaller(caller.Value);
        }

        return caller.Failure;
    }

    private static Failure? SetSignedInUser(FunctionContext context, Identity who)
    {
        if (who is not Identity.User somebody)
        {
            return AccessFailures.MembersOnly();
        }

        context.SetSignedInUser(somebody.Person);
        return null;
    }

    private static Result<Caller> ResolveKeyCaller(CachedApiKey key, AccessRule.Requires needs, IHeaderDictionary headers) =>
        !RequestedTenant.Matches(headers[RequestedTenant.Header], key.Caller.TenantId, key.Slug) ? AccessFailures.NotAMember()
        : key.Caller.IsAllowed(needs.Role, needs.Scope) ? key.Caller
        : needs.Scope is { } scope ? AccessFailures.ScopeMissing(scope)
        : AccessFailures.MembersOnly();

    private async Task<Result<Caller>> ResolveMemberCallerAsync(SignedInUser person, AccessRule.Requires needs, HttpContext http)
    {
        var chosen = RequestedTenant.Select(await memberships.RunAsync(person, http.RequestAborted), http.Request.Headers[RequestedTenant.Header]);
        if (chosen.Failure is { } failure)
        {
            return failure;
        }

        var member = chosen.Value;
        var actor = person.Actor with { Name = member.Name.Length > 0 ? member.Name : person.Name };
        var caller = new Caller(member.TenantId, actor, member.RoleValue, []);
        return caller.IsAllowed(needs.Role, needs.Scope) ? caller : AccessFailures.RoleMissing(needs.Role);
    }
}
