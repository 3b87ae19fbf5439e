using Microsoft.Azure.Functions.Worker.Hosting;

namespace Microsoft.Azure.Functions.Worker;

public static class FunctionContextBindingFeatureExtensions
{
    public static InvocationResult GetInvocationResult(this FunctionContext context) => new CurrentResult(LocalFunctionContext.Of(context));

    public static InvocationResult<T> GetInvocationResult<T>(this FunctionContext context)
    {
        var local = LocalFunctionContext.Of(context);
        return local.Result is T
            ? new CurrentResult<T>(local)
            : throw new InvalidOperationException($"The invocation result is {local.Result?.GetType().ToString() ?? "null"}, not {typeof(T)}.");
    }

    public static IEnumerable<OutputBindingData<T>> GetOutputBindings<T>(this FunctionContext context)
    {
        var local = LocalFunctionContext.Of(context);
        foreach (var binding in context.FunctionDefinition.OutputBindings.Values)
        {
            yield return new CurrentOutput<T>(local, binding);
        }
    }

    private sealed class CurrentResult(LocalFunctionContext context) : InvocationResult
    {
        public override object? Value { get => context.Result; set => context.Result = value; }
    }

    private sealed class CurrentResult<T>(LocalFunctionContext context) : InvocationResult<T>
    {
        public override T? Value { get => (T?)context.Result; set => context.Result = value; }
    }

    private sealed class CurrentOutput<T>(LocalFunctionContext context, BindingMetadata binding) : OutputBindingData<T>
    {
        public override string BindingType => binding.Type;
        public override string Name => binding.Name;

        public override T? Value
        {
            get => context.Outputs.TryGetValue(binding.Name, out var value) && value is T typed ? typed : default;
            set => context.Outputs[binding.Name] = value;
        }
    }
}
