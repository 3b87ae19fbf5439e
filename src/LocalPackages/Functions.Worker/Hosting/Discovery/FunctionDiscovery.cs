using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Hosting.Discovery;

internal sealed class FunctionCatalog(IReadOnlyList<LocalFunction> functions) : IFunctionCatalog
{
    public IReadOnlyList<LocalFunction> Functions { get; } = functions;
}

/// <summary>Finds the [Function] methods and refuses to start with the full list of what is wrong with them.</summary>
internal static partial class FunctionDiscovery
{
    private const BindingFlags Methods = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Without those that a setting disables: they have to be right all the same.</summary>
    public static FunctionCatalog Find(LocalAppOptions options, IConfiguration configuration)
    {
        var faults = new List<string>();
        var functions = new List<LocalFunction>();
        foreach (var method in (options.FunctionTypes ?? options.Assembly.GetTypes()).SelectMany(t => t.GetMethods(Methods)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is { } attribute && Describe(attribute.Name, method, faults) is { } function)
            {
                functions.Add(function);
            }
        }

        faults.AddRange(functions.GroupBy(f => f.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1)
            .Select(g => $"The function name '{g.Key}' is used by {string.Join(" and ", g.Select(f => f.Definition.EntryPoint))}."));
        return faults.Count == 0 ? new([.. functions.Where(f => !IsDisabled(f.Name, configuration))]) : throw Refuse(faults);
    }

    public static InvalidOperationException Refuse(IReadOnlyCollection<string> faults) =>
        new("The functions of this app cannot start:" + string.Concat(faults.Select(f => Environment.NewLine + "  " + f)));

    private static bool IsDisabled(string name, IConfiguration configuration) =>
        (configuration[$"AzureWebJobs.{name}.Disabled"] ?? configuration[$"AzureWebJobs:{name}:Disabled"]) is { } value
        && (value == "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));

    private static LocalFunction? Describe(string name, MethodInfo method, List<string> faults)
    {
        var before = faults.Count;
        var where = $"Function '{name}' ({method.DeclaringType}.{method.Name})";
        var triggers = method.GetParameters().Where(p => p.IsDefined(typeof(TriggerBindingAttribute))).ToArray();
        if (!method.IsPublic)
        {
            faults.Add($"{where} is not public: the Functions SDK would not find it.");
        }

        if (method.ContainsGenericParameters || method.DeclaringType!.IsAbstract && !method.IsStatic)
        {
            faults.Add($"{where} cannot be called: it is generic, or its class is abstract.");
        }

        if (!Name().IsMatch(name))
        {
            faults.Add($"{where} needs another name: a letter, then letters, digits, '-' and '_'.");
        }

        if (triggers.Length != 1)
        {
            faults.Add($"{where} has {triggers.Length} triggers; it must have one.");
        }

        faults.AddRange(UnknownBindings(method).Select(b => $"{where} uses [{b}], which no extension beside this app handles."));
        if (faults.Count > before)
        {
            return null;
        }

        var trigger = triggers[0];
        var attribute = trigger.GetCustomAttribute<TriggerBindingAttribute>()!;
        return new(name, method, trigger, attribute, new LocalFunctionDefinition(name, method, trigger, attribute));
    }

    /// <summary>A binding is known when its attribute comes from here or from an assembly with an extension startup.</summary>
    private static IEnumerable<string> UnknownBindings(MethodInfo method)
    {
        var bindings = method.GetParameters().SelectMany(p => p.GetCustomAttributes<BindingAttribute>())
            .Concat(method.GetCustomAttributes<BindingAttribute>())
            .Concat(Execution.FunctionOutputs.Of(method).All.Select(o => o.Attribute));
        return bindings.Select(b => b.GetType()).Distinct()
            .Where(t => t.Assembly != typeof(BindingAttribute).Assembly && !t.Assembly.IsDefined(typeof(Core.WorkerExtensionStartupAttribute)))
            .Select(t => t.FullName!);
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,127}$")]
    private static partial Regex Name();
}
