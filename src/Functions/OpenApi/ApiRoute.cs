using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Relais.Access;
using Relais.Platform.Http;

namespace Relais.OpenApi;

/// <summary>An HTTP function as its attributes declare it.</summary>
internal sealed partial record ApiRoute
{
    /// <summary>The name of the function.</summary>
    public required string Name { get; init; }

    /// <summary>The HTTP methods in upper case; at least one.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>The path without route constraints, such as /api/v1/campaigns/{id}.</summary>
    public required string Path { get; init; }

    /// <summary>The module of the class: the second part of its namespace.</summary>
    public required string Module { get; init; }

    public required AccessRule Access { get; init; }

    public required DescribeAttribute? Describe { get; init; }

    public IEnumerable<string> Parameters => ParameterName().Matches(Path).Select(match => match.Groups[1].Value);

    /// <summary>The required access as text, such as "operator, campaigns", "owner", "signed-in" or "public".</summary>
    public string AccessText => Access switch
    {
        AccessRule.Requires { Scope: { } scope } required => $"{required.Role}, {scope}".ToLowerInvariant(),
        AccessRule.Requires required => required.Role.ToString().ToLowerInvariant(),
        AccessRule.SignedIn => "signed-in",
        AccessRule.Public => "public",
        _ => "nobody",
    };

    public static IEnumerable<ApiRoute> ReadRoutes(Assembly assembly) =>
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
            Path = $"/api/{PathParameter().Replace(trigger.Route ?? function.Name, "{$1}")}",
            Module = type.Namespace!.Split('.').ElementAtOrDefault(1) ?? "",
            Access = AccessRules.ReadRule(method),
            Describe = method.GetCustomAttribute<DescribeAttribute>(),
        };

    [GeneratedRegex(@"\{\**(\w+)[^}]*\}")]
    private static partial Regex PathParameter();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex ParameterName();
}
