using System.Reflection;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>One [Function] method as reflection found it.</summary>
internal sealed record LocalFunction(string Name, MethodInfo Method, ParameterInfo Trigger, Attribute TriggerAttribute, FunctionDefinition Definition);

internal interface IFunctionCatalog
{
    IReadOnlyList<LocalFunction> Functions { get; }
}

/// <summary>What a trigger hands to one invocation.</summary>
/// <param name="BindTrigger">Gives the value of the trigger parameter; throws when the payload does not fit it.</param>
/// <param name="BindingData">Metadata (FunctionContext.BindingContext.BindingData); also binds parameters by name, case-insensitively.</param>
internal sealed record Invocation(Func<ParameterInfo, FunctionContext, object?> BindTrigger, IReadOnlyDictionary<string, object?> BindingData)
{
    /// <summary>Runs before user middleware; the orchestrator runner uses it to wrap the invocation.</summary>
    public Action<FunctionContext>? Configure { get; init; }
}

internal interface IFunctionInvoker
{
    /// <summary>
    /// Opens a scope, runs the middleware pipeline around the function and returns the method's awaited result
    /// (null for void and Task), or what middleware put in its place. Exceptions come out as thrown.
    /// </summary>
    Task<object?> InvokeAsync(LocalFunction function, Invocation invocation, CancellationToken cancellationToken);
}

/// <summary>Binds a parameter that is neither trigger nor metadata, such as [DurableClient]. Registered as a service, any number.</summary>
internal interface IParameterBinder
{
    bool TryBind(ParameterInfo parameter, FunctionContext context, out object? value);
}
