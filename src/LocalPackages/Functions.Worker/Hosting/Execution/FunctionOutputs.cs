using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker.Hosting.Execution;

internal sealed record FunctionOutput(string Name, OutputBindingAttribute Attribute, Func<object, object?>? Read);

/// <summary>Output bindings on the method (its return value) or on the properties of the type it returns.</summary>
internal sealed class FunctionOutputs
{
    public const string Return = "$return";

    private FunctionOutputs(IReadOnlyList<FunctionOutput> all) => All = all;

    public IReadOnlyList<FunctionOutput> All { get; }

    public static FunctionOutputs Of(MethodInfo method)
    {
        var returned = Unwrap(method.ReturnType);
        var onMethod = method.GetCustomAttributes<OutputBindingAttribute>().Select(a => new FunctionOutput(Return, a, Read: null));
        var onProperties = from property in returned.GetProperties()
                           from attribute in property.GetCustomAttributes<OutputBindingAttribute>()
                           select new FunctionOutput(property.Name, attribute, Getter(property));
        return new([.. onMethod, .. onProperties]);
    }

    /// <summary>Moves the bound properties of a result into the context's outputs; what is left is the invocation's result.</summary>
    public void Take(object? result, LocalFunctionContext context)
    {
        context.Result = result;
        foreach (var output in All)
        {
            if (output.Read is null || result is null)
            {
                continue;
            }

            context.Result = null;
            if (output.Read(result) is { } value)
            {
                context.Outputs[output.Name] = value;
            }
        }
    }

    public static Type Unwrap(Type returned) =>
        returned.IsGenericType && (returned.GetGenericTypeDefinition() == typeof(Task<>) || returned.GetGenericTypeDefinition() == typeof(ValueTask<>))
            ? returned.GenericTypeArguments[0]
            : returned;

    private static Func<object, object?> Getter(PropertyInfo property)
    {
        var instance = Expression.Parameter(typeof(object));
        var value = Expression.Property(Expression.Convert(instance, property.DeclaringType!), property);
        return Expression.Lambda<Func<object, object?>>(Expression.Convert(value, typeof(object)), instance).Compile();
    }
}
