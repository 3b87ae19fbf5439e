using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Relais.Access;

/// <summary>The access that an HTTP function requires.</summary>
internal abstract record AccessRule
{
    /// <param name="IsLimited">True: requests count against the rate limit of the client's address.</param>
    public sealed record Public(bool IsLimited) : AccessRule;

    public sealed record Requires(Role Role, Scope? Scope) : AccessRule;

    public sealed record SignedIn : AccessRule;

    /// <summary>The method declares no rule or more than one, so every request is refused.</summary>
    public sealed record Undeclared : AccessRule;
}

/// <summary>Reads the access rules of all functions in an assembly and finds them by entry point (Namespace.Class.Method).</summary>
internal sealed class AccessRules(Assembly assembly)
{
    private readonly Dictionary<string, AccessRule> rules = assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => method.IsDefined(typeof(FunctionAttribute)))
        .ToDictionary(method => $"{method.DeclaringType!.FullName}.{method.Name}", ReadRule, StringComparer.Ordinal);

    public AccessRule FindRule(FunctionDefinition function) => rules.GetValueOrDefault(function.EntryPoint) ?? new AccessRule.Undeclared();

    public static AccessRule ReadRule(MethodInfo method)
    {
        var required = method.GetCustomAttribute<RequireAttribute>();
        var signedIn = method.GetCustomAttribute<SignedInAttribute>();
        var isPublic = method.GetCustomAttribute<PublicAttribute>();
        return (required, signedIn, isPublic) switch
        {
            ({ } require, null, null) => new AccessRule.Requires(require.Role, require.Scope),
            (null, not null, null) => new AccessRule.SignedIn(),
            (null, null, { Reason.Length: > 0 } publicRule) => new AccessRule.Public(publicRule.IsLimited),
            _ => new AccessRule.Undeclared(),
        };
    }
}
