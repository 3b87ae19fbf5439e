using Microsoft.Azure.WebJobs.Extensions.DurableTask;

namespace FunctionsHost;

/// <summary>Gives the worker the text of its durableClient bindings, which says where the extension's own gRPC server listens.</summary>
internal sealed class DurableClients(IReadOnlyList<Function> functions)
{
    private readonly TaskCompletionSource<ILookup<Function, ParameterBinding>> bound =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task AddAsync(Function function, InvocationRequest request)
    {
        if (function.DurableClients.Count > 0)
        {
            // a listener may receive its first message before the clients are bound
            request.InputData.Add((await bound.Task)[function]);
        }
    }

    public async Task BindAsync(Binder binder, CancellationToken ct)
    {
        var bindings = new List<(Function Function, ParameterBinding Binding)>();
        foreach (var (function, client) in functions.SelectMany(function => function.DurableClients.Select(client => (function, client))))
        {
            var attribute = new DurableClientAttribute { TaskHub = client["taskHub"], ConnectionName = client["connectionName"] };
            var text = await binder.BindAsync<string>(attribute, ct);
            bindings.Add((function, new() { Name = client["name"], Data = new() { String = text } }));
        }

        bound.SetResult(bindings.ToLookup(one => one.Function, one => one.Binding));
    }
}
