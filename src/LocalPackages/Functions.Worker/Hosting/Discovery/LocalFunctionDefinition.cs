using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Azure.Functions.Worker.Hosting.Execution;

namespace Microsoft.Azure.Functions.Worker.Hosting.Discovery;

internal sealed class LocalFunctionDefinition : FunctionDefinition
{
    public LocalFunctionDefinition(string name, MethodInfo method, ParameterInfo trigger, TriggerBindingAttribute attribute)
    {
        Name = name;
        EntryPoint = $"{method.DeclaringType!.FullName}.{method.Name}";
        PathToAssembly = method.DeclaringType.Assembly.Location;
        Id = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{EntryPoint}:{name}")), 0, 8);
        Parameters = [.. method.GetParameters().Select(p => new FunctionParameter(p.Name!, p.ParameterType, p.HasDefaultValue, p.HasDefaultValue ? p.DefaultValue : null))];
        InputBindings = Inputs(method, trigger, attribute);
        OutputBindings = Outputs(method, attribute);
    }

    public override ImmutableArray<FunctionParameter> Parameters { get; }
    public override string PathToAssembly { get; }
    public override string EntryPoint { get; }
    public override string Id { get; }
    public override string Name { get; }
    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; }
    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; }

    private static ImmutableDictionary<string, BindingMetadata> Inputs(MethodInfo method, ParameterInfo trigger, TriggerBindingAttribute attribute)
    {
        var inputs = from parameter in method.GetParameters()
                     from binding in parameter.GetCustomAttributes<BindingAttribute>()
                     where parameter != trigger
                     select new Binding(parameter.Name!, TypeOf(binding), BindingDirection.In);
        return inputs.Prepend(new(trigger.Name!, TypeOf(attribute), BindingDirection.In)).ToImmutableDictionary(b => b.Name, b => (BindingMetadata)b);
    }

    private static ImmutableDictionary<string, BindingMetadata> Outputs(MethodInfo method, TriggerBindingAttribute trigger)
    {
        var outputs = FunctionOutputs.Of(method).All;
        var bindings = outputs.Select(o => new Binding(o.Name, TypeOf(o.Attribute), BindingDirection.Out));
        if (trigger is HttpTriggerAttribute && outputs.Count == 0)
        {
            bindings = bindings.Append(new(FunctionOutputs.Return, "http", BindingDirection.Out));
        }

        return bindings.DistinctBy(b => b.Name).ToImmutableDictionary(b => b.Name, b => (BindingMetadata)b);
    }

    /// <summary>HttpTriggerAttribute is httpTrigger, QueueOutputAttribute is queue, HttpResultAttribute is http.</summary>
    private static string TypeOf(BindingAttribute attribute)
    {
        var name = attribute.GetType().Name;
        foreach (var suffix in (string[])["Attribute", "Output", "Input", "Result"])
        {
            name = name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name;
        }

        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private sealed class Binding(string name, string type, BindingDirection direction) : BindingMetadata
    {
        public override string Name => name;
        public override string Type => type;
        public override BindingDirection Direction => direction;
    }
}
