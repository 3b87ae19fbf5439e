using Microsoft.Azure.Functions.Worker;

namespace Relais.Access;

/// <summary>The kind of an actor. The audit trail stores the names in lower case.</summary>
internal enum ActorKind
{
    Person,
    Key,
    System,
}

/// <summary>The person, API key or background job that makes a change, as the audit trail records it.</summary>
/// <param name="Kind">A person, an API key, or the app itself.</param>
/// <param name="Id">The subject of a person, the id of a key, or the name of a job.</param>
/// <param name="Name">The display name; may be empty.</param>
internal sealed record Actor(ActorKind Kind, string Id, string Name)
{
    /// <param name="job">The name of the background job, such as repair-webhooks.</param>
    public static Actor System(string job) => new(ActorKind.System, job, "");
}

/// <summary>The authorized caller of a function: a member or an API key of one tenant.</summary>
/// <param name="TenantId">The tenant whose rows the function reads and writes.</param>
/// <param name="Actor">The caller as the audit trail records it.</param>
/// <param name="Role">The role of a member; null for an API key.</param>
/// <param name="Scopes">The scopes of an API key; empty for a member.</param>
internal sealed record Caller(Guid TenantId, Actor Actor, Role? Role, IReadOnlyList<string> Scopes)
{
    public bool IsAllowed(Role role, Scope? scope) => Role is { } memberRole
        ? memberRole >= role
        : scope is { } required && (Scopes.Contains("*") || Scopes.Contains(required.ToString().ToLowerInvariant()));
}

internal static class CallerContext
{
    private static readonly object Key = new();

    /// <summary>Returns the caller. Throws if the function has no [Require].</summary>
    public static Caller Caller(this FunctionContext context) =>
        context.FindCaller()
        ?? throw new InvalidOperationException($"{context.FunctionDefinition.Name} has no caller, because it has no [Require].");

    /// <summary>Returns the id of the caller's tenant. Throws if the function has no [Require].</summary>
    public static Guid Tenant(this FunctionContext context) => context.Caller().TenantId;

    /// <summary>Returns the caller; null if the function has no [Require].</summary>
    public static Caller? FindCaller(this FunctionContext context) =>
        context.Items.TryGetValue(Key, out var caller) ? (Caller)caller : null;

    public static void SetCaller(this FunctionContext context, Caller caller) => context.Items[Key] = caller;
}
