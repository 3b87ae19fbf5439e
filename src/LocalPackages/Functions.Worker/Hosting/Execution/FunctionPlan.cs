using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker.Hosting.Execution;

/// <summary>All that reflection has to say about a function, said once: how to make it, feed it, call it and read its outputs.</summary>
internal sealed class FunctionPlan
{
    private readonly ObjectFactory? create;
    private readonly Func<object?, object?[], object?> call;
    private readonly Func<object?, ValueTask<object?>> wait;
    private readonly ParameterSource[] sources;
    private readonly ParameterInfo[] parameters;

    public FunctionPlan(LocalFunction function, ParameterSources parameterSources, TimeProvider time)
    {
        Function = function;
        Time = time;
        Outputs = FunctionOutputs.Of(function.Method);
        parameters = function.Method.GetParameters();
        sources = Array.ConvertAll(parameters, p => parameterSources.For(function, p));
        create = function.Method.IsStatic ? null : ActivatorUtilities.CreateFactory(function.Method.ReflectedType!, Type.EmptyTypes);
        call = MethodCall.Compile(function.Method);
        wait = MethodCall.Awaiter(function.Method.ReturnType);
    }

    public LocalFunction Function { get; }
    public TimeProvider Time { get; }
    public FunctionOutputs Outputs { get; }

    public async Task ExecuteAsync(LocalFunctionContext context)
    {
        var instance = create?.Invoke(context.InstanceServices, null);
        var arguments = await BindAsync(context);
        Outputs.Take(await wait(call(instance, arguments)), context);
    }

    private async ValueTask<object?[]> BindAsync(LocalFunctionContext context)
    {
        var arguments = new object?[sources.Length];
        List<string>? faults = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            try
            {
                arguments[i] = await sources[i](context);
            }
            catch (Exception e) when (e is not BadHttpRequestException and not OperationCanceledException)
            {
                (faults ??= []).Add($"'{parameters[i].Name}' ({parameters[i].ParameterType}): {e.Message}");
            }
        }

        return faults is null
            ? arguments
            : throw new FunctionInputConverterException($"Input of function '{Function.Name}' does not fit its parameters: {string.Join("; ", faults)}");
    }
}
