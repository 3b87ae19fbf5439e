using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.OpenApi;

/// <summary>One HTTP function as its attributes say it is.</summary>
internal sealed partial record ApiRoute
{
    /// <summary>The function's name.</summary>
    public required string Name { get; init; }

    /// <summary>Upper case, one at least.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>As a caller writes it, /api/v1/campaigns/{id}: without constraints.</summary>
    public required string Path { get; init; }

    /// <summary>The folder of the class.</summary>
    public required string Module { get; init; }

    public required AccessRule Access { get; init; }

    public required DescribeAttribute? Describe { get; init; }

    public IEnumerable<string> Parameters => Parameter().Matches(Path).Select(match => match.Groups[1].Value);

    /// <summary>"operator, campaigns", "owner", "signed-in", "public".</summary>
    public string AccessText => Access switch
    {
        AccessRule.Requires { Scope: { } scope } needs => $"{needs.Role}, {scope}".ToLowerInvariant(),
        AccessRule.Requires needs => needs.Role.ToString().ToLowerInvariant(),
        AccessRule.SignedIn => "signed-in",
        AccessRule.Public => "public",
        _ => "nobody",
    };

    public static IEnumerable<ApiRoute> ReadAll(Assembly assembly) =>
        from type in assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        from trigger in method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
        where trigger is not null
        orderby function.Name
        select new ApiRoute
        {
            Name = function.Name,
            Methods = [.. (trigger.Methods ?? []).Select(name => name.ToUpperInvariant())],
            Path = $"/api/{Constrained().Replace(trigger.Route ?? function.Name, "{$1}")}",
            Module = type.Namespace!.Split('.').ElementAtOrDefault(1) ?? "",
            Access = AccessRules.RuleOf(method),
            Describe = method.GetCustomAttribute<DescribeAttribute>(),
        };

    [GeneratedRegex(@"\{\**(\w+)[^}]*\}")]
    private static partial Regex Constrained();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
