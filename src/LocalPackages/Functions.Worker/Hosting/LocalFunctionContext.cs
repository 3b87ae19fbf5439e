using System.Diagnostics;
using Microsoft.Azure.Functions.Worker.Hosting.Execution;

namespace Microsoft.Azure.Functions.Worker.Hosting;

internal class LocalFunctionContext(FunctionPlan plan, Invocation invocation, IServiceProvider? services, CancellationToken cancellationToken) : FunctionContext
{
    private readonly Activity? activity = Activity.Current;
    private IServiceProvider? services = services;
    private IDictionary<object, object>? items;
    private InvocationFeatures? features;
    private string? invocationId;

    public FunctionPlan Plan => plan;
    public Invocation Invocation => invocation;
    public object? Result { get; set; }
    public Dictionary<string, object?> Outputs => field ??= new(StringComparer.Ordinal);

    public override string InvocationId => invocationId ??= Guid.CreateVersion7(plan.Time.GetUtcNow()).ToString();
    public override string FunctionId => plan.Function.Definition.Id;
    public override FunctionDefinition FunctionDefinition => plan.Function.Definition;
    public override TraceContext TraceContext => field ??= new LocalTraceContext(activity);
    public override BindingContext BindingContext => field ??= new LocalBindingContext(invocation.BindingData);

    // no retry is going on: the published worker hands out null here as well
    public override RetryContext RetryContext => null!;
    public override IServiceProvider InstanceServices { get => services ?? OpenServices(); set => services = value; }
    public override IDictionary<object, object> Items { get => items ??= new Dictionary<object, object>(); set => items = value; }
    public override IInvocationFeatures Features => features ??= new InvocationFeatures(this);
    public override CancellationToken CancellationToken => cancellationToken;

    /// <summary>The running invocation behind a context, also when middleware has wrapped it.</summary>
    public static LocalFunctionContext Of(FunctionContext context) =>
        context as LocalFunctionContext
        ?? context.Features.Get<LocalFunctionContext>()
        ?? throw new InvalidOperationException($"{context.GetType()} does not belong to a running invocation.");

    /// <summary>A value that binds to a parameter of this name, without building the whole of the binding data.</summary>
    public virtual bool TryGetData(string name, out object? value)
    {
        if (invocation.BindingData.TryGetValue(name, out value))
        {
            return true;
        }

        foreach (var (key, candidate) in invocation.BindingData)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = candidate;
                return true;
            }
        }

        return false;
    }

    protected virtual IServiceProvider OpenServices() => throw new InvalidOperationException("The invocation has no services.");

    private sealed class LocalBindingContext(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    private sealed class LocalTraceContext(Activity? activity) : TraceContext
    {
        public override string TraceParent => activity?.Id ?? "";
        public override string TraceState => activity?.TraceStateString ?? "";
    }
}
