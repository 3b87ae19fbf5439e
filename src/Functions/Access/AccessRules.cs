using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Relais.Access;

internal abstract record AccessRule
{
    /// <param name="IsLimited">Counted against the limit of the address.</param>
    public sealed record Public(bool IsLimited) : AccessRule;

    public sealed record Requires(Role Role, Scope? Scope) : AccessRule;

    public sealed record SignedIn : AccessRule;

    /// <summary>The method says nothing, or two things: nobody gets in.</summary>
    public sealed record Denied : AccessRule;
}

/// <summary>The rule of each function, by its entry point (Namespace.Class.Method).</summary>
internal sealed class AccessRules(Assembly assembly)
{
    private readonly Dictionary<string, AccessRule> rules = assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => method.IsDefined(typeof(FunctionAttribute)))
        .ToDictionary(method => $"{method.DeclaringType!.FullName}.{method.Name}", RuleOf, StringComparer.Ordinal);

    public AccessRule RuleFor(FunctionDefinition function) => rules.GetValueOrDefault(function.EntryPoint) ?? new AccessRule.Denied();

    public static AccessRule RuleOf(MethodInfo method) =>
        (method.GetCustomAttribute<RequireAttribute>(), method.GetCustomAttribute<SignedInAttribute>(), method.GetCustomAttribute<PublicAttribute>()) switch
        {
            ({ } require, null, null) => new AccessRule.Requires(require.Role, require.Scope),
            (null, not null, null) => new AccessRule.SignedIn(),
            (null, null, { Reason.Length: > 0 } open) => new AccessRule.Public(open.IsLimited),
            _ => new AccessRule.Denied(),
        };
}
