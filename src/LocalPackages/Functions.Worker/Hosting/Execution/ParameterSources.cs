using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

namespace Microsoft.Azure.Functions.Worker.Hosting.Execution;

internal delegate ValueTask<object?> ParameterSource(LocalFunctionContext context);

/// <summary>Decides once per parameter where its values come from.</summary>
internal sealed class ParameterSources(IServiceProvider services, IOptions<JsonSerializerOptions> json)
{
    // not before the first invocation: a binder may itself depend on what invokes functions
    private readonly Lazy<IParameterBinder[]> binders = new(() => [.. services.GetServices<IParameterBinder>()]);

    public ParameterSource For(LocalFunction function, ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (parameter == function.Trigger)
        {
            return context => new(OrDefault(parameter, context.Invocation.BindTrigger(parameter, context)));
        }

        if (type == typeof(FunctionContext))
        {
            return context => new(context);
        }

        if (type == typeof(CancellationToken))
        {
            return context => new(context.CancellationToken);
        }

        if (type == typeof(HttpRequest))
        {
            return context => new(context.GetHttpContext()?.Request);
        }

        return parameter.IsDefined(typeof(FromBodyAttribute)) ? context => FromBodyAsync(parameter, context) : context => new(ByName(parameter, context));
    }

    private object? ByName(ParameterInfo parameter, LocalFunctionContext context)
    {
        foreach (var binder in binders.Value)
        {
            if (binder.TryBind(parameter, context, out var bound))
            {
                return bound;
            }
        }

        return context.TryGetData(parameter.Name!, out var value) && value is not null
            ? InputConversion.Convert(value, parameter.ParameterType, json.Value)
            : OrDefault(parameter, null);
    }

    private static async ValueTask<object?> FromBodyAsync(ParameterInfo parameter, LocalFunctionContext context)
    {
        var request = context.GetHttpContext()?.Request ?? throw new InvalidOperationException("[FromBody] needs an HTTP trigger.");
        return OrDefault(parameter, await request.ReadFromJsonAsync(parameter.ParameterType, context.CancellationToken));
    }

    private static object? OrDefault(ParameterInfo parameter, object? value)
    {
        if (value is not null)
        {
            return value;
        }

        if (parameter.HasDefaultValue)
        {
            return parameter.DefaultValue;
        }

        return parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null
            ? throw new InvalidOperationException("no value was given, and the type takes no null")
            : null;
    }
}
