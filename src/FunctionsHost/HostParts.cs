namespace FunctionsHost;

/// <summary>What the triggers of each kind need to run a function in the worker.</summary>
internal sealed record HostParts(HostSettings Settings, IReadOnlyList<Function> Functions, Workers Workers, TimeProvider Time, ILoggerFactory Loggers)
{
    public DurableClients Clients { get; } = new(Functions);

    public QueueOutputs Outputs { get; } = new(Settings);

    public bool HasJobs => Functions.Any(function => function.Kind == TriggerKind.Queue || function.IsDurable);

    public bool HasTimers => Functions.Any(function => function.Kind == TriggerKind.Timer);

    /// <exception cref="WorkerRpcException">The function failed.</exception>
    /// <exception cref="WorkerProcessExitException">The worker ended before it answered.</exception>
    public async Task<InvocationResponse> RunAsync(Function function, InvocationRequest request, CancellationToken ct)
    {
        await Clients.AddAsync(function, request);
        var response = await Workers.InvokeAsync(request, ct);
        await Outputs.SendAsync(function, response);
        return response;
    }
}
