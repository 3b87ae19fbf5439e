using System.Reflection;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Engine;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>Binds [DurableClient], and the input of an orchestration to the orchestrator's parameter beside the context.</summary>
internal sealed class DurableParameters(DurableTaskClient client) : IParameterBinder
{
    public bool TryBind(ParameterInfo parameter, FunctionContext context, out object? value)
    {
        value = null;
        if (parameter.IsDefined(typeof(DurableClientAttribute)))
        {
            value = parameter.ParameterType.IsInstanceOfType(client)
                ? client
                : throw new InvalidOperationException($"[DurableClient] binds to {typeof(DurableTaskClient)}, not to {parameter.ParameterType}.");
            return true;
        }

        if (context.Features.Get<RunContext>() is not { } run)
        {
            return false;
        }

        value = run.ReadInput(parameter.ParameterType);
        return true;
    }
}
