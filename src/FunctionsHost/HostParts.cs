namespace FunctionsHost;

/// <summary>What the triggers of each kind need to run a function in the worker.</summary>
internal sealed record HostParts(
    HostSettings Settings, IReadOnlyList<Function> Functions, Workers Workers, TimeProvider Time, ILoggerFactory Loggers)
{
    public DurableClients Clients { get; } = new(Functions);

    public QueueOutputs Outputs { get; } = new(Settings);

    public bool NeedStorage => Functions.Any(function => function.Kind != TriggerKind.Http || function.IsDurable);

    public async Task<InvocationResponse> RunAsync(Function function, InvocationRequest request, CancellationToken ct)
    {
        await Clients.AddAsync(function, request);
        var worker = await Workers.CurrentAsync(ct);
        var response = await worker.InvokeAsync(request, ct);
        await Outputs.SendAsync(function, response);
        return response;
    }
}
