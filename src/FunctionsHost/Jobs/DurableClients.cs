using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;

namespace FunctionsHost;

/// <summary>Gives the worker the text of its durableClient bindings, which says where the extension's own gRPC server listens.</summary>
internal sealed class DurableClients(IReadOnlyList<Function> functions)
{
    private readonly TaskCompletionSource<Dictionary<(string?, string?), string>> texts = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask AddAsync(Function function, InvocationRequest request)
    {
        foreach (var binding in function.DurableClients)
        {
            // a listener may receive its first message before the clients are bound
            request.InputData.Add(new ParameterBinding { Name = binding["name"], Data = new() { String = (await texts.Task)[Key(binding)] } });
        }
    }

    public async Task BindAsync(Binder binder, CancellationToken ct)
    {
        var bound = new Dictionary<(string?, string?), string>();
        foreach (var key in functions.SelectMany(function => function.DurableClients).Select(Key).Distinct())
        {
            bound[key] = await binder.BindAsync<string>(new DurableClientAttribute { TaskHub = key.TaskHub, ConnectionName = key.Connection }, ct);
        }

        texts.SetResult(bound);
    }

    private static (string? TaskHub, string? Connection) Key(IConfiguration binding) => (binding["taskHub"], binding["connectionName"]);
}
