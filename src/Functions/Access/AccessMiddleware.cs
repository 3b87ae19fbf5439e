using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Relais.Access.Keys;
using Relais.Access.Members;
using Relais.Platform;
using Relais.Platform.Http;

namespace Relais.Access;

/// <summary>Nobody reaches an HTTP function whose method does not say who may.</summary>
internal sealed class AccessMiddleware(AccessRules rules, WhoCalls whoCalls, FindMemberships memberships) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var refusal = context.GetHttpContext() is { } http ? await RefusalAsync(context, http) : null;
        if (refusal is not null)
        {
            context.GetInvocationResult().Value = refusal.ToHttp();
            return;
        }

        await next(context);
    }

    private async Task<Failure?> RefusalAsync(FunctionContext context, HttpContext http)
    {
        var rule = rules.Of(context.FunctionDefinition);
        if (rule is AccessRule.Open or AccessRule.Nobody)
        {
            return rule is AccessRule.Open ? null : AccessFailures.NotStated();
        }

        // what one person may see is for no cache on the way
        http.Response.Headers.CacheControl = "no-store";
        var who = await whoCalls.RunAsync(http.Request.Headers, http.RequestAborted);
        if (who.Failure is not null)
        {
            return who.Failure;
        }

        if (rule is not AccessRule.Needs needs)
        {
            return Greet(context, who.Value);
        }

        var caller = who.Value switch
        {
            Identity.Key key => CallerOf(key.Known, needs, http.Request.Headers),
            Identity.Somebody somebody => await CallerOfAsync(somebody.Person, needs, http),
            _ => throw new InvalidOperationException("Another kind of identity."),
        };
        if (caller.Failure is null)
        {
            context.SetCaller(caller.Value);
        }

        return caller.Failure;
    }

    private static Failure? Greet(FunctionContext context, Identity who)
    {
        if (who is not Identity.Somebody somebody)
        {
            return AccessFailures.PeopleOnly();
        }

        context.SetPerson(somebody.Person);
        return null;
    }

    private static Result<Caller> CallerOf(KnownKey key, AccessRule.Needs needs, IHeaderDictionary headers) =>
        !TenantChoice.Agrees(headers[TenantChoice.Header], key.Caller.TenantId, key.Slug) ? AccessFailures.NotAMember()
        : key.Caller.May(needs.Role, needs.Scope) ? key.Caller
        : needs.Scope is { } scope ? AccessFailures.ScopeMissing(scope)
        : AccessFailures.PeopleOnly();

    private async Task<Result<Caller>> CallerOfAsync(Person person, AccessRule.Needs needs, HttpContext http)
    {
        var chosen = TenantChoice.Of(await memberships.RunAsync(person, http.RequestAborted), http.Request.Headers[TenantChoice.Header]);
        if (chosen.Failure is { } failure)
        {
            return failure;
        }

        var member = chosen.Value;
        var actor = person.Actor with { Name = member.Name.Length > 0 ? member.Name : person.Name };
        var caller = new Caller(member.TenantId, actor, member.Rank, []);
        return caller.May(needs.Role, needs.Scope) ? caller : AccessFailures.RoleMissing(needs.Role);
    }
}
