using Microsoft.Azure.Functions.Worker;

namespace Relais.Access;

internal enum ActorKind
{
    Person,
    Key,
    System,
}

/// <summary>Who does something, as the audit trail names it.</summary>
/// <param name="Kind">Person, API key, or the app itself.</param>
/// <param name="Id">A person's subject, a key's id, or the name of the job.</param>
/// <param name="Name">For people to read; may be empty.</param>
internal sealed record Actor(ActorKind Kind, string Id, string Name)
{
    /// <param name="job">The operation that acts by itself, such as repair-webhooks.</param>
    public static Actor System(string job) => new(ActorKind.System, job, "");
}

/// <summary>In whose name, and by whom, a function runs.</summary>
/// <param name="TenantId">The tenant whose rows are reached.</param>
/// <param name="Actor">Who.</param>
/// <param name="Role">A member's role; null for an API key.</param>
/// <param name="Scopes">An API key's scopes; empty for a member.</param>
internal sealed record Caller(Guid TenantId, Actor Actor, Role? Role, IReadOnlyList<string> Scopes)
{
    public bool IsAllowed(Role role, Scope? scope) => Role is { } own
        ? own >= role
        : scope is { } needed && (Scopes.Contains("*") || Scopes.Contains(needed.ToString().ToLowerInvariant()));
}

internal static class CallerContext
{
    private static readonly object Key = new();

    /// <summary>The caller; only for functions with [Require].</summary>
    public static Caller Caller(this FunctionContext context) =>
        context.FindCaller() ?? throw new InvalidOperationException($"{context.FunctionDefinition.Name} has no caller.");

    /// <summary>The tenant in whose name the function runs; only for functions with [Require].</summary>
    public static Guid Tenant(this FunctionContext context) => context.Caller().TenantId;

    /// <summary>Null where nobody in particular calls.</summary>
    public static Caller? FindCaller(this FunctionContext context) => context.Items.TryGetValue(Key, out var caller) ? (Caller)caller : null;

    public static void SetCaller(this FunctionContext context, Caller caller) => context.Items[Key] = caller;
}
